//! Days and months as they stand in `run.json`: the ISO text, and nothing else.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Day, Month};

macro_rules! written_as_iso {
    ($($of:ident: $form:literal),*) => {$(
        impl Serialize for $of {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $of {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$of, D::Error> {
                let text = String::deserialize(deserializer)?;
                $of::parse_iso(&text).ok_or_else(|| de::Error::custom($form))
            }
        }
    )*};
}

written_as_iso!(Day: "a date is written YYYY-MM-DD", Month: "a month is written YYYY-MM");

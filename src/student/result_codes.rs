//! What each result code means. The codes are data: `pipelines/law/result_codes.toml`.

/// One result code and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultCode {
    pub code: String,
    /// Spellings that spreadsheets and other systems make of it; reading one is a repair.
    pub aliases: Vec<String>,
    pub passed: bool,
    pub uses_attempt: bool,
    /// Counts as having taken part in an exam for the start check.
    pub took_part: bool,
    /// Awaiting a decision: counted as passed or failed, but kept apart.
    pub provisional: bool,
    /// Documented illness.
    pub ill: bool,
    /// A cheating decision: never named in a letter.
    pub cheating: bool,
}

/// The closed list, in the order of the law file; a column of results holds positions in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultCodes(Vec<ResultCode>);

impl ResultCodes {
    pub fn new(codes: Vec<ResultCode>) -> ResultCodes {
        ResultCodes(codes)
    }

    pub fn get(&self, position: u8) -> Option<&ResultCode> {
        self.0.get(position as usize)
    }

    /// Position of a code, and whether the text was an alias that had to be repaired.
    pub fn find(&self, text: &str) -> Option<(u8, bool)> {
        let at = |found: usize| u8::try_from(found).ok();
        if let Some(found) = self.0.iter().position(|c| c.code == text) {
            return at(found).map(|position| (position, false));
        }
        let found = self.0.iter().position(|c| c.aliases.iter().any(|alias| alias == text))?;
        at(found).map(|position| (position, true))
    }

    pub fn iter(&self) -> impl Iterator<Item = &ResultCode> {
        self.0.iter()
    }
}

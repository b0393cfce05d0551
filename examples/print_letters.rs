//! Prints invented letters and says nothing: what `benches/letters/compare.py` measures.
//!
//! `print_letters TEMPLATES CONTEXT OUTPUT COUNT THREADS`: `TEMPLATES` is a folder of letter
//! templates that also holds `one_page.da.txt`, `CONTEXT` the figures that all peers print.

use std::error::Error;
use std::fs;
use std::path::Path;

use klippekort::base::{Day, Ects, Month};
use klippekort::contract::codes::Language;
use klippekort::diagnostics::{Diagnostic, Place};
use klippekort::law::{Law, LawBook};
use klippekort::letters::diagram::{Standing, plot};
use klippekort::letters::print_file::{self, PrintFiles};
use klippekort::letters::{
    Press, Printed, Sheet, Store, Templates, forms, law_in_force, press, side_by_side,
};
use klippekort::pipeline::Separator;
use klippekort::verdicts::{LetterKind, ProgressPoint};
use serde_json::{Value, json};

#[path = "support/folder.rs"]
mod folder;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [templates, context, output, count, threads] = &arguments[..] else {
        return Err("print_letters TEMPLATES CONTEXT OUTPUT COUNT THREADS".into());
    };
    let (count, threads): (usize, usize) = (count.parse()?, threads.parse()?);
    let same: Value = serde_json::from_str(&fs::read_to_string(context)?)?;
    let date = Day::parse_iso(same["date"].as_str().ok_or("a date")?).ok_or("a date")?;
    let law = Law::in_force(LawBook::load(Path::new("pipelines/law")).map_err(|p| p.to_string())?, date)
        .map_err(|problems| problems.to_string())?;
    let law = law_in_force(&law).map_err(|problems| problems.to_string())?;
    let amounts = law.amounts_for(date);
    let templates = Templates::load(Path::new(templates)).map_err(|problems| problems.to_string())?;
    let press = Press::new().map_err(|problem| problem.to_string())?;
    let output = Path::new(output);
    fs::create_dir_all(output)?;

    let number = |key: &str| same[key].as_i64().unwrap_or_default() as i32;
    let make = |position: usize| -> Result<(String, Printed), Diagnostic> {
        let fail = |text: String| Diagnostic::output(Place::file("print_letters"), text);
        // Every letter has figures that none near it has; what has none is laid out once, as in a run.
        let counted = Ects::hundredths(number("counted_hundredths") - (position % 293) as i32 * 10);
        let missing = Ects::points(60) - counted;
        let mut letter = same.clone();
        letter["letter_id"] = json!(format!("{position:016x}"));
        letter["name"] = json!(format!("{} {position}", same["name"].as_str().unwrap_or_default()));
        letter["counted"] = json!(forms::ects(counted, Language::Da));
        letter["missing"] = json!(forms::ects(missing, Language::Da));
        let wording = templates.render_template("one_page.da.txt", &letter)?;
        let curve: Vec<ProgressPoint> = same["curve"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|point| ProgressPoint {
                month: Month::new(2025, 1),
                klip_net: point[0].as_i64().map(|net| net as i32),
                ects: point[1].as_i64().map(|ects| Ects::hundredths(ects as i32)),
            })
            .collect();
        let standing =
            Standing { net: number("net"), counted, control_point: number("control_point"), missing };
        let plot = plot(&amounts.requirement, &curve, standing);
        let letter_id = letter["letter_id"].as_str().unwrap_or_default();
        let sheet = Sheet { letter_id, language: "da", author: "klippekort", date, plot: Some(&plot) };
        let printed = press.print(&wording, &sheet).map_err(|error| fail(format!("{error:?}")))?;
        Ok((format!("{letter_id}.pdf"), printed))
    };
    let kind = LetterKind::HearingNotice;
    let parts = print_file::parts(&vec![kind; count]);
    let make_part = |position: usize| {
        let (mut letters, mut pages) = (Vec::new(), Vec::new());
        for (nth, letter) in parts[position].clone().enumerate() {
            let (name, printed) = make(letter)?;
            letters.push((name, printed.pdf));
            pages.push(printed.pages);
            press::forget_after(nth);
        }
        let part = print_file::bind(&press, date, Separator::None, kind, pages)?;
        Ok::<_, Diagnostic>((letters, part))
    };
    let (mut print, mut store) = (PrintFiles::default(), folder::Folder(output));
    side_by_side::in_order(parts.len(), threads, &make_part, &mut |_, made| {
        let (letters, part) = made?;
        for (name, pdf) in letters {
            store.whole(&name, &pdf)?;
        }
        print.add(kind, &part, &mut store)
    })
    .and_then(|()| print.finish(&mut store))
    .map_err(|problems| problems.to_string().into())
}

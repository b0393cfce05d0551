//! Prints every kind of letter and draft in both languages, for every outcome that can cause it: to look
//! at, and for a validator.
//!
//! `print_specimens OUTPUT`: the files are `OUTPUT/<kind>.<language>.<number>.pdf`, and all of them as one
//! print file under `OUTPUT/print`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use klippekort::base::{Cutoffs, Day};
use klippekort::contract::codes::Language;
use klippekort::law::{Law, LawBook};
use klippekort::letters::print_file::{self, PrintFiles};
use klippekort::letters::{Press, Sheet, Templates, law_in_force, specimens};
use klippekort::pipeline::Separator;
use klippekort::verdicts::LetterKind;

#[path = "support/folder.rs"]
mod folder;

fn main() -> Result<(), Box<dyn Error>> {
    let output = std::env::args().nth(1).ok_or("print_specimens OUTPUT")?;
    let output = Path::new(&output);
    let date = Day::ymd(2027, 3, 15).ok_or("a date")?;
    let law = Law::in_force(LawBook::load(Path::new("pipelines/law")).map_err(|p| p.to_string())?, date)
        .map_err(|problems| problems.to_string())?;
    let law = law_in_force(&law).map_err(|problems| problems.to_string())?;
    let templates = Templates::load(Path::new("reports/letters")).map_err(|problems| problems.to_string())?;
    let press = Press::new().map_err(|problem| problem.to_string())?;
    let cutoffs = Cutoffs { inspection_date: date, payments_through: date.month(), results_through: date };
    fs::create_dir_all(output)?;
    let mut letters = Vec::new();
    for language in Language::ALL {
        let mut numbers = BTreeMap::new();
        for specimen in specimens::all(&law, &cutoffs, *language).map_err(|error| error.to_string())? {
            let number = numbers.entry(specimen.kind).or_insert(0);
            *number += 1;
            let wording = templates.render(&specimen.letter).map_err(|problem| problem.to_string())?;
            let printed = press.print(&wording, &Sheet::of(&specimen.letter, date));
            let printed = printed.map_err(|problem| format!("{problem:?}"))?;
            let name = format!("{}.{}.{number}.pdf", specimen.kind, language.code());
            fs::write(output.join(name), printed.pdf)?;
            letters.push(printed.pages);
        }
    }
    let (mut print, mut store) = (PrintFiles::default(), folder::Folder(output));
    let kind = LetterKind::HearingNotice;
    for part in letters.chunks(print_file::LETTERS_PER_PART) {
        let part = print_file::bind(&press, date, Separator::EvenPages, kind, part.to_vec());
        let part = part.map_err(|problem| problem.to_string())?;
        print.add(kind, &part, &mut store).map_err(|problems| problems.to_string())?;
    }
    print.finish(&mut store).map_err(|problems| problems.to_string().into())
}

//! The keyed tables: programmes, courses with their equivalences, enrolments with the people behind them.

use super::*;

impl Builder<'_> {
    pub(super) fn programmes(&self) -> Result<Vec<Programme>, String> {
        keys(self.rows, Table::Programmes, "programme_code")?;
        let mut programmes = Vec::new();
        for row in self.read(Table::Programmes, &[])? {
            programmes.push(Programme {
                code: row.text("programme_code")?,
                title: row.text("title")?,
                level: row.code("level", ProgrammeLevel::from_code)?,
                ects: row.ects("ects")?,
                prescribed_months: row.int("prescribed_months")?,
                max_months: row.int("max_months")?,
                line: 0,
            });
        }
        programmes.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(programmes)
    }

    pub(super) fn register(&self, programmes: &[Programme]) -> Result<(Vec<Enrolment>, Vec<Person>), String> {
        let mut register = Vec::new();
        for row in self.read(Table::Enrolments, &[])? {
            let code = row.text("programme_code")?;
            let programme = programmes.iter().position(|programme| programme.code == code);
            let cpr = row.optional("cpr")?.map(|_| row.code("cpr", Cpr::parse)).transpose()?;
            let enrolment = Enrolment {
                student_id: row.text("student_id")?.into(),
                enrolment_id: row.text("enrolment_id")?.into(),
                has_cpr: cpr.is_some(),
                language: row.code("language", Language::from_code)?,
                country: row.text("country")?.into(),
                citizenship: row.optional("citizenship")?.map(Into::into),
                programme: programme.ok_or(format!("no programme {code}"))? as u32,
                started_on: row.day("started_on")?,
                status: row.code("status", Status::from_code)?,
                ended_on: row.optional_day("ended_on")?,
                support_extension_months: row.optional_int("support_extension_months")?,
                shortening_credit: row.optional_ects("shortening_credit_ects")?.unwrap_or_default(),
                readmitted_on: row.optional_day("readmitted_on")?,
                disability_supplement: row.optional_truth("disability_supplement")?.unwrap_or(false),
                single_parent: row.optional_truth("single_parent")?.unwrap_or(false),
                digital_post: row.optional_truth("digital_post")?.unwrap_or(true),
                line: 0,
            };
            let person = Person {
                given_name: row.text("given_name")?,
                family_name: row.text("family_name")?,
                email: row.text("email")?,
                cpr,
            };
            register.push((enrolment, person));
        }
        register.sort_by(|a, b| a.0.enrolment_id.cmp(&b.0.enrolment_id));
        Ok(register.into_iter().unzip())
    }

    pub(super) fn catalogue(&self) -> Result<Catalogue, String> {
        keys(self.rows, Table::Courses, "course_code")?;
        let mut courses = Vec::new();
        for row in self.read(Table::Courses, &[])? {
            courses.push(Course {
                code: row.text("course_code")?,
                title: row.text("title")?,
                ects: row.ects("ects")?,
                level: row.code("level", CourseLevel::from_code)?,
                grading: row.code("grading", Grading::from_code)?,
                external_examiner: row.truth("external_examiner")?,
                oral: row.optional_truth("oral")?,
                discontinued_on: row.optional_day("discontinued_on")?,
                general_engineering: row.optional_truth("general_engineering")?,
                line: 0,
            });
        }
        courses.sort_by(|a, b| a.code.cmp(&b.code));
        let mut codes: Vec<String> = courses.iter().map(|course| course.code.clone()).collect();
        let mut outside = BTreeSet::new();
        for row in self.read(Table::Results, &["course"])? {
            if let Some(code) = course_code(&row)?
                && row.truth("transferred")?
                && !codes.contains(&code)
            {
                outside.insert(code);
            }
        }
        codes.extend(outside);
        let group_of = (0..codes.len() as u32).collect();
        let equivalences_known = self.rows.given.contains(&Table::CourseEquivalences);
        let mut catalogue =
            Catalogue { courses, codes, group_of, equivalences_known, ..Catalogue::default() };
        self.join(&mut catalogue)?;
        Ok(catalogue)
    }

    /// Identical courses become one group, named by its smallest index; blocked pairs are noted.
    fn join(&self, catalogue: &mut Catalogue) -> Result<(), String> {
        let (mut same, mut blocked) = (Vec::new(), Vec::new());
        for row in self.read(Table::CourseEquivalences, &[])? {
            let index = |column| {
                let code = row.text(column)?;
                let found = catalogue.codes.iter().position(|known| *known == code);
                found.map(|index| index as u32).ok_or(format!("no course {code}"))
            };
            let pair = (index("course_code")?, index("equivalent_course_code")?);
            match row.optional("kind")?.as_deref() {
                None | Some("same") => same.push(pair),
                Some("blocked") => blocked.push(pair),
                Some(other) => return Err(format!("course_equivalences.kind cannot be {other:?}")),
            }
        }
        for _ in 0..=same.len() {
            for (a, b) in &same {
                let least = catalogue.group(*a).min(catalogue.group(*b));
                catalogue.group_of[*a as usize] = least;
                catalogue.group_of[*b as usize] = least;
            }
        }
        let (mut within, mut between) = (BTreeSet::new(), BTreeSet::new());
        for (a, b) in blocked {
            let groups = (catalogue.group(a), catalogue.group(b));
            let (set, (a, b)) =
                if groups.0 == groups.1 { (&mut within, (a, b)) } else { (&mut between, groups) };
            set.insert((a.min(b), a.max(b)));
        }
        catalogue.blocked = between.into_iter().collect();
        catalogue.blocked_within = within.into_iter().collect();
        Ok(())
    }
}

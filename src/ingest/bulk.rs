//! The rows that are kept by bucket of the register, and those of one bucket, clean and sorted.

use std::collections::BTreeMap;
use std::io;

use super::buckets::Buckets;
use super::keys::KeyIndex;
use super::order;
use super::partition::Partition;
use super::small_records::Records;
use super::small_tables as small;
use crate::contract::Table;
use crate::diagnostics::Diagnostic;
use crate::student::exports::{Bulk, Catalogue, Grouped, Members, SmallTables};

/// Results, payments and the tables of [`super::small_records::TABLES`], bucket by bucket.
#[derive(Default)]
pub struct BulkRows {
    pub(super) buckets: Buckets,
    pub(super) results: Option<Partition>,
    pub(super) payments: Option<Partition>,
    /// The tables that were given.
    pub(super) small: BTreeMap<Table, SmallRecords>,
}

pub(super) struct SmallRecords {
    pub partition: Partition,
    pub texts: KeyIndex,
}

impl BulkRows {
    pub fn buckets(&self) -> usize {
        self.buckets.count()
    }

    /// Everything of these tables that the enrolments of a bucket need to be inspected.
    pub fn bulk(&self, bucket: usize, catalogue: &Catalogue) -> Result<Bulk, Diagnostic> {
        let members = self.buckets.members(bucket);
        let count = members.count();
        let gather = |partition: &Partition| {
            let mut words = Vec::new();
            partition.gather(bucket, &mut words).map(|()| words)
        };
        self.rows(members, count, catalogue, gather).map_err(order::unreadable)
    }

    /// All buckets as one: every row of the register's enrolments.
    pub(super) fn whole(&self, enrolments: usize, catalogue: &Catalogue) -> Result<Bulk, Diagnostic> {
        let gather = |partition: &Partition| partition.gather_all(&self.buckets);
        self.rows(Members::default(), enrolments, catalogue, gather).map_err(order::unreadable)
    }

    /// Waits until the rows of the small tables lie where they stay.
    pub(super) fn seal_small(&mut self) -> Result<(), Diagnostic> {
        self.small.values_mut().try_for_each(|table| table.partition.seal()).map_err(order::unreadable)
    }

    /// The tables without their rows.
    pub(super) fn nothing(&self) -> Result<SmallTables, Diagnostic> {
        self.small(Members::default(), 0, |_| Ok(Vec::new())).map_err(order::unreadable)
    }

    fn rows(
        &self,
        members: Members,
        count: usize,
        catalogue: &Catalogue,
        gather: impl Fn(&Partition) -> io::Result<Vec<u32>>,
    ) -> io::Result<Bulk> {
        let results = self.results.as_ref().map(&gather).transpose()?.unwrap_or_default();
        let payments = self.payments.as_ref().map(&gather).transpose()?.unwrap_or_default();
        Ok(Bulk {
            results: order::results_of(results.as_chunks().0, members.clone(), count, catalogue),
            su_payments: order::payments_of(payments.as_chunks().0, members.clone(), count),
            small: self.small(members, count, gather)?,
        })
    }

    fn small(
        &self,
        members: Members,
        count: usize,
        gather: impl Fn(&Partition) -> io::Result<Vec<u32>>,
    ) -> io::Result<SmallTables> {
        let rows = |table: Table| {
            let Some(kept) = self.small.get(&table) else { return Ok(None) };
            Ok::<_, io::Error>(Some(Records::new(table, gather(&kept.partition)?, &kept.texts)))
        };
        fn built<T>(
            rows: Option<Records>,
            count: usize,
            build: fn(&Records, usize) -> Grouped<T>,
        ) -> Option<Grouped<T>> {
            rows.map(|rows| build(&rows, count))
        }
        Ok(SmallTables {
            exam_registrations: built(rows(Table::ExamRegistrations)?, count, small::registrations),
            leaves: built(rows(Table::Leaves)?, count, small::leaves),
            projects: built(rows(Table::Projects)?, count, small::projects),
            approvals_abroad: built(rows(Table::ApprovalsAbroad)?, count, small::approvals),
            parental_rights: built(rows(Table::ParentalRights)?, count, small::parental_rights),
            youth_cards: built(rows(Table::YouthCards)?, count, small::youth_cards),
            exam_complaints: built(rows(Table::ExamComplaints)?, count, small::exam_complaints),
            part_results: built(rows(Table::PartResults)?, count, small::part_results),
            early_starts: built(rows(Table::EarlyStarts)?, count, small::early_starts),
            transitional_semesters: built(
                rows(Table::TransitionalSemesters)?,
                count,
                small::transitional_semesters,
            ),
            student_cards: built(rows(Table::StudentCards)?, count, small::student_cards),
            members,
        })
    }
}

-- Verdicts to the student's disadvantage behind which data are late or contradict each other: the verdict
-- stands, and a person looks.

-- One student with two numbers, or two with one: all their enrolments.
CREATE TABLE identity_conflicts AS
WITH numbers AS (
    SELECT DISTINCT student_id, replace(cpr, '-', '') AS number FROM enrolments WHERE cpr IS NOT NULL
),
students AS (
    SELECT student_id FROM numbers GROUP BY student_id HAVING count(*) > 1
    UNION
    SELECT student_id FROM numbers
    WHERE number IN (SELECT number FROM numbers GROUP BY number HAVING count(*) > 1)
)
SELECT enrolment_id FROM enrolments WHERE student_id IN (SELECT student_id FROM students);

-- Who is warned of the five ECTS.
CREATE TABLE warned AS
SELECT enrolment_id FROM five_ects
WHERE five_ects = 'not_met'
  AND enrolment_id NOT IN (
      SELECT x.enrolment_id FROM exemptions AS x, run
      WHERE x.kind = 'study_activity' AND x.granted_on <= run.inspection_date
  );

CREATE TABLE warned_of_earlier_semesters AS
SELECT DISTINCT w.enrolment_id
FROM warned AS w
JOIN inspected AS i USING (enrolment_id)
JOIN last_two_semesters AS s USING (enrolment_id)
WHERE last_day(s.first_day) < i.readmitted_on;

-- The semesters, or the last exams since the start, end after the results that are read; or the results hold
-- a pass of the days between those and the inspection, of somebody inactive.
CREATE TABLE results_cut_off AS
WITH months AS (
    SELECT CAST(unnest(generate_series(
        date_trunc('month', inspection_date) - INTERVAL 11 MONTH, date_trunc('month', inspection_date), INTERVAL 1 MONTH
    )) AS DATE) AS first_day
    FROM run
),
last_exams AS (
    SELECT max(first_day) AS first_day FROM months, parameters AS law
    WHERE list_contains(law.exam_months, month(first_day))
)
SELECT w.enrolment_id
FROM warned AS w JOIN last_two_semesters AS s USING (enrolment_id), run
WHERE run.results_through < s.last_day
UNION
SELECT c.enrolment_id
FROM start_check AS c JOIN inspected AS i USING (enrolment_id), last_exams AS e, run, parameters AS law
WHERE c.failed
  AND e.first_day >= date_trunc('month', i.started_on)
  AND run.results_through
      < least(run.inspection_date, last_day(add_months(e.first_day, law.grading_lag_months)))
UNION
SELECT c.enrolment_id
FROM start_check AS c
JOIN inspected AS i USING (enrolment_id)
JOIN results AS r USING (enrolment_id)
JOIN result_codes AS k USING (result), run
WHERE c.failed AND k.takes_part AND NOT r.transferred AND r.exam_date >= i.started_on
  AND r.assessed_on > run.results_through AND r.assessed_on <= run.inspection_date
  AND NOT coalesce(r.superseded, false)
  AND NOT (coalesce(r.transitional, false) AND i.is_bachelor)
UNION
SELECT r.enrolment_id
FROM results AS r
JOIN progress AS p USING (enrolment_id)
JOIN inspected AS i USING (enrolment_id)
JOIN result_codes AS c USING (result), run
WHERE p.inactive AND c.passed
  AND r.assessed_on > run.results_through AND r.assessed_on <= run.inspection_date
  AND NOT coalesce(r.superseded, false)
  AND NOT (coalesce(r.transitional, false) AND i.is_bachelor);

-- The project that would keep SU is passed.
CREATE TABLE projects_passed AS
SELECT f.enrolment_id
FROM current_final_project AS f
JOIN progress AS p USING (enrolment_id)
JOIN inspected AS i USING (enrolment_id)
WHERE f.passed AND p.inactive AND i.status <> 'on_leave';

-- SU104: one portion in the first month of a paid internship, none in the sixth, no two in the month before.
CREATE TABLE registered_late AS
WITH paid AS (
    SELECT
        p.enrolment_id, p.starts_on,
        CAST(sum(portions) FILTER (s.month = add_months(date_trunc('month', p.starts_on), -1)) AS INTEGER)
            AS before,
        CAST(sum(portions) FILTER (s.month = date_trunc('month', p.starts_on)) AS INTEGER) AS first,
        CAST(sum(portions) FILTER (s.month = add_months(date_trunc('month', p.starts_on), 5)) AS INTEGER)
            AS sixth
    FROM projects AS p
    JOIN su_payments AS s USING (enrolment_id), run
    WHERE p.kind = 'internship_paid' AND p.starts_on <= run.inspection_date
      AND s.kind = 'ordinary' AND s.month <= run.payments_through
    GROUP BY ALL
)
SELECT DISTINCT enrolment_id FROM paid
WHERE first = 1 AND coalesce(sixth, 0) = 0 AND coalesce(before, 0) < 2;

-- DG412: entry credit passed more than five years before the start.
CREATE TABLE old_entry_credit AS
SELECT DISTINCT r.enrolment_id
FROM counting_results AS r JOIN inspected AS i USING (enrolment_id)
WHERE r.passed AND r.entry_credit AND add_months(r.exam_date, 60) < i.started_on;

CREATE TABLE at_limit AS
SELECT enrolment_id, course_group, pending FROM attempts WHERE state IN ('last_attempt', 'exhausted');

-- EX302: every version is discontinued, or the exam was cancelled and nothing binds or is open after it.
CREATE TABLE released AS
WITH discontinued AS (
    SELECT coalesce(g.course_group, c.course_code) AS course_group
    FROM courses AS c LEFT JOIN course_groups AS g USING (course_code), run
    GROUP BY ALL
    HAVING bool_and(coalesce(c.discontinued_on <= run.inspection_date, false))
),
attempted AS (
    SELECT enrolment_id, course_group, exam_date, bool_or(uses_attempt) AS binds
    FROM counting_results WHERE NOT transferred AND exam_date IS NOT NULL
    GROUP BY ALL
),
registered AS (
    SELECT
        r.enrolment_id, coalesce(g.course_group, r.course_code) AS course_group, r.exam_date,
        coalesce(r.course_cancelled, false) AS cancelled
    FROM exam_registrations AS r LEFT JOIN course_groups AS g USING (course_code), run
    WHERE r.registered_on <= run.inspection_date
      AND NOT coalesce(r.withdrawn_on <= least(r.withdrawal_deadline, run.inspection_date)
                       AND r.withdrawal_deadline IS NOT NULL, false)
),
exams AS (
    SELECT enrolment_id, course_group, exam_date, binds, false AS cancelled FROM attempted
    UNION ALL
    SELECT r.enrolment_id, r.course_group, r.exam_date, NOT r.cancelled, r.cancelled
    FROM registered AS r ANTI JOIN attempted AS a USING (enrolment_id, course_group, exam_date)
),
by_cancellation AS (
    SELECT enrolment_id, course_group FROM exams GROUP BY ALL
    HAVING max(exam_date) FILTER (cancelled) > coalesce(max(exam_date) FILTER (binds), DATE '0001-01-01')
)
SELECT DISTINCT l.enrolment_id
FROM at_limit AS l
WHERE l.course_group IN (SELECT course_group FROM discontinued)
   OR (l.enrolment_id, l.course_group) IN (SELECT (enrolment_id, course_group) FROM by_cancellation);

-- Agreements on final projects that have begun and have no own result, in their time, that uses an attempt.
CREATE TABLE uncounted_agreements AS
WITH agreements AS (
    SELECT
        p.enrolment_id, coalesce(g.course_group, p.course_code) AS course_group, p.starts_on,
        lead(p.starts_on) OVER (
            PARTITION BY p.enrolment_id, coalesce(g.course_group, p.course_code) ORDER BY p.starts_on, p.due_on
        ) AS next_starts_on
    FROM projects AS p
    JOIN final_project_kinds USING (kind)
    LEFT JOIN course_groups AS g USING (course_code)
    WHERE p.course_code IS NOT NULL AND coalesce(p.abandoned_on >= p.starts_on, true)
)
SELECT DISTINCT a.enrolment_id
FROM agreements AS a JOIN at_limit USING (enrolment_id, course_group), run
WHERE a.starts_on <= run.inspection_date
  AND NOT EXISTS (
      SELECT 1 FROM counting_results AS r
      WHERE r.enrolment_id = a.enrolment_id AND r.course_group = a.course_group
        AND NOT r.transferred AND r.uses_attempt
        AND coalesce(r.exam_date, r.assessed_on) >= a.starts_on
        AND coalesce(coalesce(r.exam_date, r.assessed_on) < a.next_starts_on, true)
  );

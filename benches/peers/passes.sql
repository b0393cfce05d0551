-- Who is inspected, which courses are one group, which results count, and which pass of a
-- group is the one that counts.

CREATE TABLE inspected AS
SELECT
    e.student_id, e.enrolment_id, e.programme_code, p.level, e.started_on, e.status, e.ended_on,
    e.support_extension_months,
    coalesce(hundredths(e.shortening_credit_ects), 0) AS shortening_credit,
    -- A readmission after the inspection is not known yet.
    CASE WHEN e.readmitted_on <= run.inspection_date THEN e.readmitted_on END AS readmitted_on,
    coalesce(e.disability_supplement, false) OR coalesce(e.single_parent, false) AS has_supplement,
    coalesce(e.disability_supplement, false) AS disability_supplement,
    hundredths(p.ects) AS programme_ects, p.prescribed_months, p.max_months,
    p.level IN ('BSc', 'BEng') AS is_bachelor,
    p.level IN ('MSc', 'MSc-Industry') AS is_master,
    CASE WHEN p.level = 'MSc-Industry' THEN law.ects_per_semester_industry
         ELSE law.ects_per_semester END AS semester_ects
FROM enrolments AS e
JOIN programmes AS p USING (programme_code), run, parameters AS law
WHERE e.status IN ('active', 'on_leave')
  AND e.started_on <= run.inspection_date;

-- `same` is symmetric and transitive; the smallest code names the group.
CREATE TABLE course_groups AS
WITH RECURSIVE
same (code, other) AS (
    SELECT course_code, equivalent_course_code FROM course_equivalences
    WHERE coalesce(kind, 'same') = 'same'
    UNION
    SELECT equivalent_course_code, course_code FROM course_equivalences
    WHERE coalesce(kind, 'same') = 'same'
),
reached (code, other) AS (
    SELECT course_code, course_code FROM courses
    UNION SELECT code, code FROM same
    UNION
    SELECT reached.code, same.other FROM reached JOIN same ON same.code = reached.other
)
SELECT code AS course_code, min(other) AS course_group FROM reached GROUP BY code;

-- Results known by results_through, equal rows once. Superseded rows count nowhere,
-- transitional rows not on a bachelor enrolment. A code outside the catalogue is its own group.
CREATE TABLE counting_results AS
WITH known AS (
    SELECT DISTINCT
        r.enrolment_id, r.course_code, r.ects, r.result, r.exam_date, r.assessed_on,
        r.transferred, r.transferred_from, coalesce(r.transitional, false) AS transitional
    FROM results AS r, run
    WHERE r.assessed_on <= run.results_through
      AND NOT coalesce(r.superseded, false)
      AND r.enrolment_id IN (SELECT enrolment_id FROM inspected)
)
SELECT
    k.enrolment_id,
    coalesce(g.course_group, k.course_code) AS course_group,
    k.course_code, hundredths(k.ects) AS ects, k.result, k.exam_date, k.assessed_on,
    k.transferred, k.transitional,
    k.transferred AND k.assessed_on <= i.started_on AS entry_credit,
    c.passed, c.awaiting, c.uses_attempt, c.takes_part
FROM known AS k
JOIN inspected AS i USING (enrolment_id)
JOIN result_codes AS c USING (result)
LEFT JOIN course_groups AS g USING (course_code)
WHERE NOT (k.transitional AND i.is_bachelor);

-- A paid internship begun by the inspection, with the group of its course (null: code unknown).
CREATE TABLE paid_internships AS
SELECT DISTINCT p.enrolment_id, coalesce(g.course_group, p.course_code) AS course_group
FROM projects AS p
LEFT JOIN course_groups AS g USING (course_code), run
WHERE p.kind = 'internship_paid'
  AND p.starts_on <= run.inspection_date;

-- Every passing row with its place in the order of its group; place 1 is the pass that counts.
-- `transitional` only breaks a tie between rows the rulebook cannot tell apart.
CREATE TABLE passes AS
SELECT
    r.*,
    w.course_group IS NOT NULL AS paid_internship,
    row_number() OVER (
        PARTITION BY r.enrolment_id, r.course_group
        ORDER BY r.awaiting, r.transferred, r.assessed_on, r.ects, r.course_code, r.transitional
    ) AS place
FROM counting_results AS r
LEFT JOIN paid_internships AS w USING (enrolment_id, course_group)
WHERE r.passed;

CREATE TABLE counted_passes AS SELECT * FROM passes WHERE place = 1;

-- E, its parts, and E under each reading that removes rows before the pass is chosen.
CREATE TABLE ects_counted AS
WITH by_group AS (
    SELECT
        enrolment_id, course_group,
        arg_min(ects, place) FILTER (NOT entry_credit)    AS without_entry_credit,
        arg_min(ects, place) FILTER (NOT awaiting)        AS without_awaiting,
        arg_min(ects, place) FILTER (NOT paid_internship) AS without_paid_internship
    FROM passes GROUP BY ALL
),
by_reading AS (
    SELECT
        enrolment_id,
        coalesce(sum(without_entry_credit), 0)    AS without_entry_credit,
        coalesce(sum(without_awaiting), 0)        AS without_awaiting,
        coalesce(sum(without_paid_internship), 0) AS without_paid_internship
    FROM by_group GROUP BY enrolment_id
)
SELECT
    c.enrolment_id,
    sum(c.ects)                                            AS counted,
    coalesce(sum(c.ects) FILTER (c.awaiting), 0)           AS provisional,
    coalesce(sum(c.ects) FILTER (c.transferred), 0)        AS transferred,
    coalesce(sum(c.ects) FILTER (NOT c.transferred), 0)    AS own,
    any_value(r.without_entry_credit)                      AS without_entry_credit,
    any_value(r.without_awaiting)                          AS without_awaiting,
    any_value(r.without_paid_internship)                   AS without_paid_internship
FROM counted_passes AS c JOIN by_reading AS r USING (enrolment_id)
GROUP BY c.enrolment_id;

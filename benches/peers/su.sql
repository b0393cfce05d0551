-- SU101 progress and its robustness, SU102 start check, the SU status, SU107 portions left.

CREATE TABLE klip_used AS
SELECT
    enrolment_id,
    coalesce(sum(portions) FILTER (kind = 'ordinary'), 0)        AS ordinary,
    coalesce(sum(portions) FILTER (kind = 'completion_loan'), 0) AS completion_loan,
    coalesce(sum(portions) FILTER (kind = 'parental'), 0)        AS parental
FROM su_payments, run
WHERE month <= run.payments_through
GROUP BY enrolment_id;

-- Internship portions raise what is left, but are not deducted in the activity check.
CREATE TABLE klip_granted AS
SELECT
    enrolment_id,
    sum(portions) AS granted,
    coalesce(sum(portions) FILTER (reason IN ('illness', 'committee', 'special')), 0) AS deducted
FROM extra_portion_grants, run
WHERE granted_on <= run.inspection_date
GROUP BY enrolment_id;

CREATE TABLE student_klip AS
SELECT
    e.student_id,
    coalesce(sum(u.ordinary), 0) AS used,
    coalesce(sum(g.granted), 0)  AS granted
FROM enrolments AS e
LEFT JOIN klip_used AS u USING (enrolment_id)
LEFT JOIN klip_granted AS g USING (enrolment_id)
GROUP BY e.student_id;

-- SU101. `required` is the same formula for n with and without completion-loan instalments.
CREATE TABLE progress AS
WITH klip AS (
    SELECT
        i.enrolment_id,
        i.started_on >= law.six_months_regime_from AS six_months,
        coalesce(u.ordinary, 0) + coalesce(u.completion_loan, 0) AS gross,
        coalesce(u.parental, 0) AS parental,
        coalesce(g.deducted, 0) AS extra,
        greatest(0, gross - extra)                    AS net,
        greatest(0, coalesce(u.ordinary, 0) - extra)  AS net_without_loan,
        coalesce(e.counted, 0)                 AS counted,
        coalesce(e.provisional, 0)             AS provisional,
        coalesce(e.transferred, 0)             AS transferred,
        coalesce(e.own, 0)                     AS own,
        coalesce(e.without_entry_credit, 0)    AS without_entry_credit,
        coalesce(e.without_awaiting, 0)        AS without_awaiting,
        coalesce(e.without_paid_internship, 0) AS without_paid_internship
    FROM inspected AS i
    LEFT JOIN klip_used AS u USING (enrolment_id)
    LEFT JOIN klip_granted AS g USING (enrolment_id)
    LEFT JOIN ects_counted AS e USING (enrolment_id), parameters AS law
),
required AS (
    SELECT
        klip.*,
        law.ects_per_klip * net AS expected,
        law.control_point_step * (net // law.control_point_step) AS control_point,
        CASE WHEN six_months
             THEN greatest(0, law.required_per_control_point * (net // law.control_point_step) - law.six_months_tolerance)
             ELSE greatest(0, law.ects_per_klip * net - law.twelve_months_tolerance) END AS required,
        CASE WHEN six_months
             THEN greatest(0, law.required_per_control_point * (net_without_loan // law.control_point_step) - law.six_months_tolerance)
             ELSE greatest(0, law.ects_per_klip * net_without_loan - law.twelve_months_tolerance) END AS required_without_loan
    FROM klip, parameters AS law
),
verdict AS (
    SELECT
        *,
        counted < required AS inactive,
        (without_entry_credit < required)    <> inactive AS entry_credit_flips,
        (without_awaiting < required)        <> inactive AS awaiting_flips,
        (counted < required_without_loan)    <> inactive AS completion_loan_flips,
        (without_paid_internship < required) <> inactive AS paid_internship_flips
    FROM required
)
SELECT
    *,
    CASE WHEN inactive               THEN 'inactive'
         WHEN expected - counted > 0 THEN 'behind'
         ELSE 'on_track' END AS progress,
    list_filter([
        CASE WHEN entry_credit_flips    THEN 'entry_credit' END,
        CASE WHEN awaiting_flips        THEN 'awaiting' END,
        CASE WHEN completion_loan_flips THEN 'completion_loan' END,
        CASE WHEN paid_internship_flips THEN 'paid_internship' END
    ], lambda f: f IS NOT NULL) AS flips
FROM verdict;

-- SU102. Own exams since the start; a held exam without a known result leaves the check unknown.
CREATE TABLE start_check AS
WITH exams AS (
    SELECT
        r.enrolment_id,
        bool_or(r.takes_part)    AS took_part,
        bool_or(r.result = 'SN') AS cheating_case
    FROM counting_results AS r JOIN inspected AS i USING (enrolment_id)
    WHERE NOT r.transferred AND r.exam_date >= i.started_on
    GROUP BY r.enrolment_id
),
own_exam_days AS (
    SELECT DISTINCT enrolment_id, course_group, exam_date
    FROM counting_results WHERE NOT transferred AND exam_date IS NOT NULL
),
awaited AS (
    SELECT DISTINCT g.enrolment_id
    FROM exam_registrations AS g
    JOIN inspected AS i USING (enrolment_id)
    LEFT JOIN course_groups AS c USING (course_code)
    ANTI JOIN own_exam_days AS d
      ON d.enrolment_id = g.enrolment_id AND d.exam_date = g.exam_date
     AND d.course_group = coalesce(c.course_group, g.course_code), run
    WHERE g.exam_date BETWEEN i.started_on AND run.inspection_date
      AND g.registered_on <= run.inspection_date
      AND coalesce(g.withdrawn_on > run.inspection_date, true)
      AND NOT coalesce(g.course_cancelled, false)
)
SELECT
    i.enrolment_id,
    CASE WHEN add_months(i.started_on, law.start_check_due_after_months) > run.inspection_date THEN 'not_due'
         WHEN coalesce(x.took_part, false) THEN 'took_part'
         WHEN w.enrolment_id IS NOT NULL   THEN NULL
         WHEN run.inspection_date <= add_months(i.started_on, law.start_check_late_after_months) THEN 'failed'
         ELSE 'failed_late' END AS start_check,
    start_check IS NULL AS result_pending,
    coalesce(start_check IN ('failed', 'failed_late'), false) AS failed,
    failed AND coalesce(x.cheating_case, false) AS cheating_case_only
FROM inspected AS i
LEFT JOIN exams AS x USING (enrolment_id)
LEFT JOIN awaited AS w USING (enrolment_id), run, parameters AS law;

-- SU105: registered for a final project on the inspection date. SU114: an approved stay covers it.
-- Of several, the one that ends last; a pass of its course group makes the cover doubtful.
CREATE TABLE current_final_project AS
SELECT
    p.enrolment_id,
    arg_max((p.enrolment_id, coalesce(g.course_group, p.course_code))
                IN (SELECT (enrolment_id, course_group) FROM passes),
            greatest(p.due_on, coalesce(p.extended_to, p.due_on))) AS passed
FROM projects AS p JOIN final_project_kinds USING (kind) LEFT JOIN course_groups AS g USING (course_code), run
WHERE run.inspection_date BETWEEN p.starts_on AND greatest(p.due_on, coalesce(p.extended_to, p.due_on))
  AND coalesce(p.finished_on > run.inspection_date, true)
  AND coalesce(p.abandoned_on > run.inspection_date, true)
GROUP BY p.enrolment_id;

CREATE TABLE currently_abroad AS
SELECT DISTINCT enrolment_id FROM approvals_abroad, run
WHERE run.inspection_date BETWEEN from_date AND to_date;

CREATE TABLE su_status AS
SELECT
    i.enrolment_id,
    CASE WHEN i.status = 'on_leave'                                            THEN 'on_leave'
         WHEN NOT (p.inactive OR s.failed)                                     THEN 'active'
         WHEN NOT s.failed AND f.enrolment_id IS NOT NULL                      THEN 'inactive_final_project'
         WHEN a.enrolment_id IS NOT NULL                                       THEN 'inactive_abroad'
         ELSE 'inactive' END AS su_status
FROM inspected AS i
JOIN progress AS p USING (enrolment_id)
JOIN start_check AS s USING (enrolment_id)
LEFT JOIN current_final_project AS f USING (enrolment_id)
LEFT JOIN currently_abroad AS a USING (enrolment_id);

-- SU107. The frame is the student's, the programme's support time the enrolment's.
CREATE TABLE portions_left AS
WITH law_of_run AS (
    SELECT
        i.*, law.*,
        run.inspection_date >= law.reform_effective_from
        AND i.started_on >= law.reform_programmes_from AS reform
    FROM inspected AS i, run, parameters AS law
),
limits AS (
    SELECT
        l.enrolment_id,
        CASE WHEN NOT l.reform THEN l.frame
             ELSE l.reform_frame + CASE WHEN l.has_supplement THEN l.reform_supplement ELSE 0 END END
        + s.granted - s.used AS left_of_frame,
        l.prescribed_months
        + CASE WHEN l.reform THEN 0 ELSE l.support_extension_months END
        - l.shortening_credit // l.ects_per_klip
        + coalesce(g.granted, 0) - coalesce(u.ordinary, 0) AS left_of_programme
    FROM law_of_run AS l
    JOIN student_klip AS s USING (student_id)
    LEFT JOIN klip_used AS u USING (enrolment_id)
    LEFT JOIN klip_granted AS g USING (enrolment_id)
)
SELECT
    enrolment_id,
    -- Compared only when both sides are known: an unknown extension leaves the answer unknown.
    CASE WHEN left_of_programme IS NOT NULL
         THEN greatest(0, least(left_of_frame, left_of_programme)) END AS portions_left
FROM limits;

-- Active without the portions used beyond the programme, up to those of a disability supplement.
CREATE TABLE supplement_decides AS
WITH beyond AS (
    SELECT
        i.enrolment_id, p.counted, p.net,
        least(law.reform_supplement,
              greatest(0, u.ordinary - (i.prescribed_months - i.shortening_credit // law.ects_per_klip))) AS portions
    FROM inspected AS i
    JOIN progress AS p USING (enrolment_id)
    JOIN klip_used AS u USING (enrolment_id), run, parameters AS law
    WHERE run.inspection_date >= law.reform_effective_from AND i.started_on >= law.reform_programmes_from
      AND i.disability_supplement AND p.inactive
)
SELECT enrolment_id
FROM beyond, parameters AS law
WHERE counted >= greatest(0, law.required_per_control_point
                             * (greatest(0, net - portions) // law.control_point_step) - law.six_months_tolerance);

-- The inspection table: everything the other files decided, one row per enrolment, and why a case
-- needs a person.

CREATE TABLE inspection AS
WITH reasons AS (
    SELECT
        i.enrolment_id,
        list_filter([
            CASE WHEN len(p.flips) > 0 THEN 'not_robust' END,
            CASE WHEN NOT p.six_months THEN 'twelve_months_regime' END,
            CASE WHEN i.ended_on IS NOT NULL
                   OR (i.status = 'on_leave') <> coalesce(l.on_leave_today, false) THEN 'status_conflict' END,
            CASE WHEN l.overlapping THEN 'overlapping_leaves' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM paid_internships WHERE course_group IS NULL)
                 THEN 'internship_course_unknown' END,
            CASE WHEN s.result_pending THEN 'exam_result_pending' END,
            CASE WHEN s.cheating_case_only THEN 'cheating_case_only' END,
            CASE WHEN s.failed AND i.status = 'on_leave' THEN 'start_check_on_leave' END,
            CASE WHEN u.su_status = 'inactive_abroad' THEN 'abroad' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM blocked_pairs) THEN 'blocked_pair' END,
            CASE WHEN t.denominator_decides THEN 'ratio_denominator' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM identity_conflicts) THEN 'identity_conflict' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM results_cut_off) THEN 'results_cut_off' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM warned_of_earlier_semesters) THEN 'readmitted' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM at_limit WHERE pending) THEN 'attempt_pending' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM uncounted_agreements) THEN 'agreement_attempt' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM released) THEN 'course_released' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM projects_passed) THEN 'project_passed' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM supplement_decides) THEN 'supplement_portions' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM registered_late) THEN 'internship_registered_late' END,
            CASE WHEN i.enrolment_id IN (SELECT enrolment_id FROM old_entry_credit) THEN 'old_entry_credit' END
        ], lambda r: r IS NOT NULL) AS review_reasons
    FROM inspected AS i
    JOIN progress AS p USING (enrolment_id)
    JOIN start_check AS s USING (enrolment_id)
    JOIN su_status AS u USING (enrolment_id)
    JOIN thirds AS t USING (enrolment_id)
    LEFT JOIN leave_facts AS l USING (enrolment_id)
),
attempts_used_up AS (
    SELECT
        enrolment_id,
        count(*) FILTER (state = 'last_attempt') AS last_attempt,
        count(*) FILTER (state = 'exhausted')    AS exhausted
    FROM attempts GROUP BY enrolment_id
)
SELECT
    i.student_id, i.enrolment_id, i.programme_code, i.level, i.started_on, i.status,
    run.inspection_date,
    CASE WHEN p.six_months THEN 'six_months' ELSE 'twelve_months' END AS regime,
    CAST(p.gross AS INTEGER)         AS klip_gross,
    CAST(p.parental AS INTEGER)      AS klip_parental,
    CAST(p.extra AS INTEGER)         AS klip_extra,
    CAST(p.net AS INTEGER)           AS klip_net,
    CAST(p.control_point AS INTEGER) AS control_point,
    as_ects(p.counted)                            AS ects_counted,
    as_ects(p.provisional)                        AS ects_provisional,
    as_ects(p.transferred)                        AS ects_transferred,
    as_ects(p.required)                           AS ects_required,
    as_ects(greatest(0, p.required - p.counted))  AS ects_missing,
    as_ects(p.expected - p.counted)               AS ects_behind,
    p.progress, s.start_check, u.su_status,
    len(p.flips) = 0 AS robust,
    p.flips,
    CAST(k.portions_left AS INTEGER) AS portions_left,
    as_ects(f.ects_last_two_semesters) AS ects_last_two_semesters,
    f.five_ects,
    m.maximum_date, m.maximum_state,
    CAST(d.months_late AS INTEGER) AS months_late, d.guidance,
    CAST(coalesce(a.last_attempt, 0) AS INTEGER) AS courses_last_attempt,
    CAST(coalesce(a.exhausted, 0) AS INTEGER)    AS courses_exhausted,
    as_ects(t.pass_fail) AS pass_fail_ects,
    as_ects(t.external)  AS external_ects,
    as_ects(t.base)      AS ratio_base,
    t.pass_fail_third, t.external_third,
    len(r.review_reasons) > 0 AS needs_review,
    r.review_reasons
FROM inspected AS i
JOIN progress AS p USING (enrolment_id)
JOIN start_check AS s USING (enrolment_id)
JOIN su_status AS u USING (enrolment_id)
JOIN portions_left AS k USING (enrolment_id)
JOIN five_ects AS f USING (enrolment_id)
JOIN maximum_duration AS m USING (enrolment_id)
JOIN late_students AS d USING (enrolment_id)
JOIN thirds AS t USING (enrolment_id)
JOIN reasons AS r USING (enrolment_id)
LEFT JOIN attempts_used_up AS a USING (enrolment_id), run;

"""Which tables stand behind the second wall, and why the others that lead to an agency do not.

A test walks all models: one that leads to an agency has to be in one of the two. The policies themselves are made by migrations
(`config.row_security.Walls`); the names here tell `agencies.isolation` before which queries the database has to know who asks.
"""

PROTECTED = frozenset(
    {
        # People's rows, and their agencies'.
        "agencies_membership",
        "agencies_delegation",
        "agencies_auditentry",
        "agencies_delegationevent",
        "agencies_invitation",
        "agencies_leave",
        "agencies_staffchange",
        "agencies_staffimport",
        "certification_achievementcredential",
        "certification_credentialevent",
        "certification_recognition",
        "certification_supervisorsignoff",
        "certification_sharelink",
        "compliance_compliancestatus",
        "compliance_assignmentchange",
        "compliance_latenote",
        "compliance_remindermail",
        "compliance_statusperiod",
        "courses_registration",
        # Below what an employer may see: her own only.
        "compliance_reminderchoice",
        "compliance_savedview",
        "courses_activityresponse",
        "courses_checkattempt",
        "courses_checkitem",
        "courses_refreshernotice",
        "courses_unitprogress",
        "scenarios_attempt",
        "scenarios_attemptevent",
        # An agency's own.
        "agencies_importhabit",
        "compliance_agencyreminders",
        "compliance_assignment",
        "compliance_readinesspoint",
        "compliance_statustally",
        "compliance_unitcount",
        "courses_gatetakeover",
        "courses_practiceaudit",
        "courses_takeoverwithdrawal",
        # The record store: outcomes of an agency, the rest for nobody but the store itself.
        "records_document",
        "records_rel",
        "records_statement",
    }
)

# By model, for those that lead to an agency and have no policy.
OPEN = {
    "agencies.Agency": "Every policy asks it. A name, an address word and words of support; the page to sign in shows them to anybody.",
    "agencies.IdentityProvider": "Asked for before anybody is signed in.",
    "certification.Achievement": "What can be earned anywhere; an agency may stand behind it as its issuer, and says so on every certificate.",
    "certification.AchievementVersion": "Rules of what can be earned, the same for everybody.",
    "certification.CertificateTemplate": "Printed on every certificate, which its holder takes along when she leaves.",
    "certification.CertificateTemplateVersion": "As the template.",
    "certification.IssuerProfile": "Published: who signs.",
    "certification.StatusEntry": "Published as one string of bits that says nothing about anybody; a new entry looks at all.",
    "certification.VersionChoice": "Which rules hold on the way to a certificate; names neither person nor agency.",
    "content.ReferralService": "Written in the admin by the site's trainers for every agency; the application shows staff their own.",
    "courses.AttitudeAnswer": "Under a pseudonym, without a person, and shown in numbers of ten and more only.",
    "courses.ReactionAnswer": "Under a pseudonym, without a person, and shown in numbers of ten and more only.",
    "records.Credential": "Looked up by its key before it is known whose it is; keeps no more than a hash of the secret.",
}

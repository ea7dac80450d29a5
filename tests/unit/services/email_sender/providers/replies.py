"""Replies that relays of this world gave, or that their documentation has, and whose fault each is."""

from email_sender.providers.smtp_rules import Fault

OURS, RATE, NOW, MAIL, DEAD = Fault.OURS, Fault.RATE, Fault.NOW, Fault.MAIL, Fault.RECIPIENT

# The command, what a relay answered to it, and whose fault that is. One line or more for each rule.
REPLIES = [
    # Before anything was said of the recipient.
    ("banner", "554 5.7.1 no SMTP service here", OURS),
    ("banner", "421 4.3.2 relay.example Service not available, closing transmission channel", OURS),
    ("banner", "421 4.7.0 relay.example Error: too many connections from 192.0.2.1", RATE),
    ("banner", "421 Too many concurrent SMTP connections; please try again later.", RATE),
    ("banner", "521 5.3.2 relay.example does not accept mail", OURS),
    ("banner", "250 what?", OURS),
    ("ehlo", "550 5.7.1 access denied", OURS),
    ("ehlo", "501 5.5.4 Invalid domain name", OURS),
    ("ehlo", "421 4.7.0 Try again later, closing connection. (EHLO) - gsmtp", OURS),
    ("mail", "550 5.1.2 no such host", OURS),
    ("mail", "553 5.1.7 no such form of sender", OURS),
    ("mail", "501 5.1.8 your domain does not exist", OURS),
    ("mail", "550 5.1.1 no such user", OURS),
    ("mail", "552 5.3.4 message too big for system", OURS),
    ("mail", "452 4.3.1 Insufficient system storage", OURS),
    ("mail", "451 4.7.1 Greylisting in action", OURS),
    ("mail", "450 4.7.1 Error: too much mail from 192.0.2.1", RATE),
    ("mail", "421 4.7.28 Gmail has detected an unusual rate of mail", RATE),
    ("mail", "451 4.4.5 congested", RATE),
    ("mail", "550 5.7.28 flood", RATE),
    ("mail", "530 5.7.57 Client not authenticated to send mail. [host.prod.outlook.com]", OURS),
    ("mail", "530 Authentication required", OURS),
    ("mail", "554 Sending paused for this account.", OURS),
    ("mail", "501 Invalid MAIL FROM address provided", OURS),
    ("mail", "503 5.5.1 Error: send HELO/EHLO first", OURS),
    ("mail", "354 go on", OURS),
    # Ours, although it was the recipient or the content that was refused.
    ("rcpt", "550 5.7.1 <us@example.com>: Sender address rejected: not owned by user us", OURS),
    ("rcpt", "450 4.1.8 <us@example.com>: Sender address rejected: Domain not found", OURS),
    ("rcpt", "550 5.1.1 <us@example.com>: Sender address rejected: User unknown in virtual table", OURS),
    ("rcpt", "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", OURS),
    ("rcpt", "504 5.5.2 <us>: Helo command rejected: need fully-qualified hostname", OURS),
    ("rcpt", "501 5.1.7 bad sender's mailbox", OURS),
    ("content", "550 5.1.8 Access denied, bad outbound sender AS(42004)", OURS),
    ("rcpt", "530 5.7.0 Must issue a STARTTLS command first", OURS),
    ("rcpt", "538 5.7.11 Encryption required for requested authentication mechanism", OURS),
    ("content", "535 5.7.8 Error: authentication failed", OURS),
    ("content", "525 5.7.13 user account disabled", OURS),
    ("rcpt", "454 4.7.1 <ada@example.com>: Relay access denied", OURS),
    ("content", "454 Temporary service failure", OURS),
    ("rcpt", "550 5.7.9 authentication mechanism is too weak", OURS),
    ("rcpt", "550 Unauthenticated senders not allowed", OURS),
    ("rcpt", "550 5.7.1 Authentication Required. To learn more, visit", OURS),
    ("rcpt", "451 5.7.3 not authenticated", OURS),
    ("rcpt", "554 5.7.1 <ada@example.com>: Relay access denied", OURS),
    ("rcpt", "550 5.7.1 <ada@example.com>... Relaying denied. Proper authentication required.", OURS),
    ("rcpt", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", OURS),
    ("rcpt", "550 relay not permitted", OURS),
    ("rcpt", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", OURS),
    ("content", "550 5.7.0 Mail relay denied [192.0.2.1]. Visit https://support.google.com - gsmtp", OURS),
    (
        "content",
        (
            "550-5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've\r\n"
            "550-5.7.1 registered in your Workspace SMTP Relay service doesn't match the\r\n"
            "550 5.7.1 domain of the account this email is being sent from. - gsmtp"
        ),
        OURS,
    ),
    (
        "content",
        (
            "554 Message rejected: Email address is not verified. The following identities failed the "
            "check in region EU-CENTRAL-1: ada@example.com"
        ),
        OURS,
    ),
    ("content", "554 Sending suspended for this account.", OURS),
    (
        "content",
        (
            "554 Access denied: User `arn:aws:iam::123456789012:user/smtp' is not authorized to perform "
            "`ses:SendRawEmail' on resource `arn:aws:ses:eu-central-1:123456789012:identity/example.com'"
        ),
        OURS,
    ),
    ("content", "554 Configuration set <mails> does not exist.", OURS),
    (
        "content",
        "421 Domain sandbox.mailgun.org is not allowed to send: Please activate your Mailgun account.",
        OURS,
    ),
    (
        "content",
        (
            "550 The from address does not match a verified Sender Identity. Mail cannot be sent until "
            "this error is resolved."
        ),
        OURS,
    ),
    ("content", "403 You are not authorized to send from that email address", OURS),
    ("content", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", OURS),
    (
        "content",
        (
            "554 5.2.252 SendAsDenied; us@example.com not allowed to send as you@example.com; "
            "STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied"
        ),
        OURS,
    ),
    (
        "content",
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
        OURS,
    ),
    ("content", "550 The 'From' address you supplied is not a Sender Signature on your account.", OURS),
    ("rcpt", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", OURS),
    ("rcpt", "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP", OURS),
    ("content", "550 5.7.705 Access denied, tenant has exceeded threshold", OURS),
    ("content", "550 5.7.501 Access denied, spam abuse detected", OURS),
    (
        "content",
        (
            "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\r\n"
            "550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\r\n"
            "550 5.7.26 DKIM = did not pass - gsmtp"
        ),
        OURS,
    ),
    (
        "content",
        "550 5.7.509 Access denied, sending domain example.com does not pass DMARC verification",
        OURS,
    ),
    (
        "content",
        (
            "550-5.7.1 Unauthenticated email from example.com is not accepted due to\r\n"
            "550 5.7.1 domain's DMARC policy."
        ),
        OURS,
    ),
    ("rcpt", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", OURS),
    ("rcpt", "550 5.7.23 The message was rejected because of Sender Policy Framework violation", OURS),
    ("rcpt", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", OURS),
    ("rcpt", "550 5.7.1 Mail from IP 192.0.2.1 was rejected due to listing in Spamhaus SBL", OURS),
    (
        "content",
        (
            "550-5.7.1 [192.0.2.1      19] Our system has detected that this message is\r\n"
            "550 5.7.1 likely suspicious due to the very low reputation of the sending IP address."
        ),
        OURS,
    ),
    ("rcpt", "421 4.7.0 TLS required for RCPT domain, closing connection.", OURS),
    ("content", "421 4.3.0 Temporary System Problem.  Try again later", OURS),
    ("rcpt", "521 5.3.2 does not accept mail", OURS),
    ("rcpt", "451 4.3.5 <ada@example.com>: Recipient address rejected: Server configuration problem", OURS),
    ("content", "451 4.3.0 Error: queue file write error", OURS),
    ("content", "452 4.3.1 Insufficient system storage", OURS),
    ("content", "554 5.3.5 system incorrectly configured", OURS),
    ("content", "400 Service unavailable, try again later.", OURS),
    ("data", "451 Temporary service failure", OURS),
    ("rcpt", "503 5.5.1 Error: need MAIL command", OURS),
    ("data", "502 5.5.2 Error: command not recognized", OURS),
    ("content", "503 5.5.1 bad sequence of commands", OURS),
    ("data", "250 what?", OURS),
    ("rcpt", "450 4.7.1 <ada@example.com>... Relaying temporarily denied.", OURS),
    ("rcpt", "550 relaying mail to example.com is not allowed", OURS),
    ("rcpt", "553 5.7.1 This system is configured to reject mail: we do not relay", OURS),
    ("rcpt", "550 That host is not local; this is not a gateway", OURS),
    ("rcpt", "550 This mail server requires authentication when attempting to send", OURS),
    ("mail", "502 5.7.0 Your SMTP account is not yet activated", OURS),
    ("content", "550 5.7.0 Your SMTP account is not yet activated", OURS),
    ("content", "525 5.7.1 Unauthorized IP address", OURS),
    ("content", "554 Sandbox subdomains are for test purposes only. Please add your own domain", OURS),
    ("content", "550 5.4.6 Unusual sending activity detected. Please try after sometime", OURS),
    ("rcpt", "553 5.7.1 [BL21] Connections will not be accepted from IP addresses on a list", OURS),
    # Ours: too fast or too many.
    ("rcpt", "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume", RATE),
    ("content", "450 Requested mail action not taken: mailbox unavailable; Mail send limit exceeded", RATE),
    ("rcpt", "421 4.7.0 relay.example Error: too many errors", RATE),
    ("content", "454 Throttling failure: Maximum sending rate exceeded.", RATE),
    ("content", "454 Throttling failure: Daily message quota exceeded.", RATE),
    ("content", "550 5.4.5 Daily user sending limit exceeded. - gsmtp", RATE),
    ("content", "550 5.7.1 Daily SMTP relay limit exceeded for customer. - gsmtp", RATE),
    ("rcpt", "450 4.2.1 Peak SMTP relay limit exceeded for customer. - gsmtp", RATE),
    (
        "content",
        "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending",
        RATE,
    ),
    ("content", "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", RATE),
    ("content", "550 5.1.90 Your message can't be sent because you've reached your daily limit", RATE),
    ("rcpt", "451 4.7.500 Server busy. Please try again later from [192.0.2.1].", RATE),
    ("rcpt", "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited", RATE),
    ("rcpt", "450 too frequent connects from 192.0.2.1, please try again later.", RATE),
    ("rcpt", "452 4.5.3 too many", RATE),
    ("content", "451 Authentication failed: Maximum credits exceeded", RATE),
    ("rcpt", "421 4.4.5 Server busy, try again later.", RATE),
    ("rcpt", "450 4.7.1 slow down", RATE),
    (
        "content",
        "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail.\r\n421 4.7.28 gsmtp",
        RATE,
    ),
    # The mail's, for now.
    (
        "rcpt",
        "450 4.7.1 <ada@example.com>: Recipient address rejected: Greylisted, see http://example.org",
        NOW,
    ),
    ("rcpt", "450 4.2.0 <ada@example.com>: Recipient address rejected: Greylisted", NOW),
    ("content", "451 4.7.1 Greylisting in action, please come back later", NOW),
    ("rcpt", "451 4.3.0 greylisted", NOW),
    ("content", "451 4.7.1 Try again later", NOW),
    (
        "rcpt",
        (
            "450-4.2.1 The user you are trying to contact is receiving mail too quickly.\r\n"
            "450 4.2.1 Please resend your message at a later time. - gsmtp"
        ),
        NOW,
    ),
    ("content", "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", NOW),
    ("rcpt", "452-4.2.2 The recipient's inbox is out of storage space. - gsmtp\r\n452 4.2.2 gsmtp", NOW),
    ("rcpt", "452 mailbox full", NOW),
    ("content", "452 4.3.4 message too big now", NOW),
    ("rcpt", "450 4.1.2 <ada@example.com>: Recipient address rejected: Domain not found", NOW),
    ("rcpt", "450 4.1.1 <ada@example.com>: Recipient address rejected: unverified address", NOW),
    ("content", "451-4.3.0 Mail server temporarily rejected message.\r\n451 4.3.0 gsmtp", NOW),
    ("rcpt", "451 Temporary local problem - please try later", NOW),
    ("content", "451 4.4.2 Timeout waiting for data", NOW),
    # The mail's.
    ("rcpt", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", MAIL),
    ("content", "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required [Stage: CreateMessage]", MAIL),
    ("content", "550 5.7.703 Your message can't be delivered", MAIL),
    ("rcpt", "550 5.7.513 Service unavailable, Client host [192.0.2.1] blocked by example.com", MAIL),
    (
        "rcpt",
        "552-5.2.2 The recipient's inbox is out of storage space and inactive.\r\n552 5.2.2 gsmtp",
        MAIL,
    ),
    ("rcpt", "552 Mailbox quota exceeded", MAIL),
    ("content", "552-5.3.4 Your message exceeded Google's message size limits.\r\n552 5.3.4 gsmtp", MAIL),
    ("content", "552 5.2.3 message length exceeds administrative limit", MAIL),
    ("content", "552 message too large", MAIL),
    ("rcpt", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", MAIL),
    ("rcpt", "550-5.2.1 The email account that you tried to reach is inactive.\r\n550 5.2.1 gsmtp", MAIL),
    ("rcpt", "501 5.1.3 Bad recipient address syntax", MAIL),
    ("rcpt", "555 5.5.2 Syntax error, goodbye. - gsmtp", MAIL),
    ("rcpt", "553 5.3.0 <ada@example.com>... No such user here", MAIL),
    ("content", "554 5.7.1 spam", MAIL),
    (
        "content",
        (
            "550-5.7.1 [192.0.2.1      12] Our system has detected that this message is\r\n"
            "550 5.7.1 likely unsolicited mail."
        ),
        MAIL,
    ),
    (
        "content",
        (
            "552-5.7.0 This message was blocked because its content presents a potential\r\n"
            "552 5.7.0 security issue. - gsmtp"
        ),
        MAIL,
    ),
    ("content", "554 5.6.0 Message contains invalid header", MAIL),
    ("content", "554 Transaction failed: User name is missing: '@example.com'.", MAIL),
    ("content", "500 line too long", MAIL),
    ("data", "554 5.5.1 Error: no valid recipients", MAIL),
    ("rcpt", "550 User unknown", MAIL),
    ("rcpt", "550 <dmarc@example.com>: rejected", MAIL),
    ("rcpt", "551 User not local; please try <ada@example.net>", MAIL),
    ("rcpt", "550 5.5.0 Requested action not taken: mailbox unavailable", MAIL),
    ("content", "550 5.7.1 Message rejected under suspicion of SPAM", MAIL),
    ("content", "554 Message rejected: Address is on the suppression list", MAIL),
    # A dead mailbox.
    ("rcpt", "550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown in virtual table", DEAD),
    (
        "rcpt",
        (
            "550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n"
            "550 5.1.1 double-checking the recipient's email address. - gsmtp"
        ),
        DEAD,
    ),
    ("content", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@example.com not found", DEAD),
    ("rcpt", "551 5.1.6 moved away", DEAD),
    ("rcpt", "553 5.1.3 no such form of address", DEAD),
    ("rcpt", "550 5.1.2 no such host", DEAD),
    ("rcpt", "556 5.1.10 the domain takes no mail", DEAD),
    # Not dead: of the rest of 5.1.x, 4 and 5 are about one that exists, and 0 says too little.
    ("rcpt", "550 5.1.0 address rejected", MAIL),
    ("rcpt", "550 5.1.15 unheard of", MAIL),
    ("rcpt", "554 5.1.1 transaction failed", MAIL),
    ("rcpt", "550 relay said 5.1.1", MAIL),
    ("rcpt", "450 4.1.1 not now", NOW),
    ("data", "550 5.1.1 no such user", MAIL),
]

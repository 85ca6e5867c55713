using JobQueue;
using TradingPlatform.Hosting;

namespace TradingPlatform.Mail;

/// <summary>An e-mail. <c>FailureRate</c> (0 to 1) makes attempts fail, to show retries.</summary>
internal sealed record Email(string? To = null, string? Subject = null, string? Body = null, double FailureRate = 0);

/// <summary>An e-mail that was sent.</summary>
internal sealed record EmailResult(string Status, string To, string Subject, DateTime SentAt);

/// <summary>The mail server did not take it, as <c>failure_rate</c> wants.</summary>
internal sealed class MailRefusedException(int attempt) : Exception($"The mail server refused the connection (attempt {attempt}).");

/// <summary>Sends e-mails.</summary>
internal sealed class EmailJobs(Mailer mailer, TimeProvider time)
{
    [JobHandler("send_email", Queue = "mail", MaxRetries = 3, BackoffBaseSeconds = 2, BackoffMaxSeconds = 300, DoNotRetry = [typeof(MissingFieldsException), typeof(FormatException)])]
    public async Task<EmailResult> SendAsync(Email email, JobContext job, CancellationToken cancellationToken)
    {
        RequiredFields.Check(("to", email.To), ("subject", email.Subject), ("body", email.Body));
        if (Random.Shared.NextDouble() < email.FailureRate)
        {
            throw new MailRefusedException(job.Attempt);
        }

        await mailer.SendOnceAsync($"job-{job.Id}", email.To!, email.Subject!, email.Body!, cancellationToken);
        return new EmailResult("sent", email.To!, email.Subject!, time.GetUtcNow().UtcDateTime);
    }
}

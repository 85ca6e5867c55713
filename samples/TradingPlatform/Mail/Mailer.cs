using System.Net.Mail;
using TradingPlatform.Data;

namespace TradingPlatform.Mail;

/// <summary>Sends e-mails to the sink of this process, and notes each, so that it is not sent twice. Safe to use from any thread.</summary>
internal sealed class Mailer(SmtpSink sink, Database database, TimeProvider time)
{
    private const string From = "platform@example.com";

    public async Task SendAsync(string messageId, string to, string subject, string body, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient("127.0.0.1", sink.Port);
        using var message = new MailMessage(From, to, subject, body);
        message.Headers.Add("Message-Id", $"<{messageId}@example.com>");
        await client.SendMailAsync(message, cancellationToken);
        database.Execute(
            "INSERT OR IGNORE INTO mails (message_id, recipient, subject, sent_at) VALUES (@messageId, @to, @subject, @now)", new { messageId, to, subject, now = time.GetUtcNow() });
    }

    /// <summary>Sends it unless a mail of that id is noted. A crash between the sending and the note may send it twice: a mail server offers nothing better.</summary>
    /// <returns>Whether it was sent now.</returns>
    public async Task<bool> SendOnceAsync(string messageId, string to, string subject, string body, CancellationToken cancellationToken)
    {
        if (database.Find<string>("SELECT message_id FROM mails WHERE message_id = @messageId", new { messageId }) is not null)
        {
            return false;
        }

        await SendAsync(messageId, to, subject, body, cancellationToken);
        return true;
    }
}

using System.Globalization;

namespace JobQueue.Redis;

/// <summary>
/// The right to settle a job: <c>&lt;worker id&gt;|&lt;fetch number&gt;|&lt;started ms&gt;</c>. fetch.lua writes the same text.
/// </summary>
internal static class LeaseToken
{
    public static string Format(string workerId, long fetchNumber, long startedMs)
        => string.Create(CultureInfo.InvariantCulture, $"{workerId}|{fetchNumber}|{startedMs}");

    public static (string WorkerId, long StartedMs)? TryParse(string token)
    {
        var last = token.LastIndexOf('|');
        var middle = last < 1 ? -1 : token.LastIndexOf('|', last - 1);
        return middle > 0 && long.TryParse(token.AsSpan(last + 1), CultureInfo.InvariantCulture, out var started)
            ? (token[..middle], started)
            : null;
    }
}

using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>Which failures of a call pass by themselves, and what they leave open.</summary>
internal static class RedisErrors
{
    /// <summary>
    /// Server errors that a later call may not meet: loading after a restart, a fail-over, a moving slot, a long script.
    /// </summary>
    private static readonly string[] PassingErrors =
        ["TRYAGAIN", "ASK", "MOVED", "CLUSTERDOWN", "LOADING", "NOSCRIPT", "READONLY", "BUSY", "MASTERDOWN"];

    /// <summary>Whether the same call may succeed when it is sent again.</summary>
    public static bool IsPassing(Exception e) => IsUnanswered(e) || (e is RedisServerException && StartsWithAny(e.Message, PassingErrors));

    /// <summary>Whether no answer arrived, so that the call may have been carried out, or may still be.</summary>
    public static bool IsUnanswered(Exception e) => e is RedisConnectionException or TimeoutException or RedisTimeoutException or ObjectDisposedException;

    /// <summary>Whether the server refused to write because its memory is full.</summary>
    public static bool IsFull(Exception e) => e is RedisServerException && e.Message.Contains("OOM ", StringComparison.Ordinal);

    public static bool IsNoScript(Exception e) => e is RedisServerException && e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    /// <summary>Whether a person has to change something on the server or its configuration before the call can succeed.</summary>
    public static bool IsRefused(Exception e) => e is RedisException && !IsPassing(e);

    private static bool StartsWithAny(string message, string[] beginnings)
    {
        foreach (var beginning in beginnings)
        {
            if (message.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

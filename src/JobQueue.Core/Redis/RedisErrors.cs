using System.Net;
using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>Which failures of a call pass by themselves, and what they leave open.</summary>
internal static partial class RedisErrors
{
    /// <summary>
    /// Server errors that a later call may not meet: loading after a restart, a fail-over, a moving slot, a long script. The last two are how the client
    /// tells of MOVED and ASK when it does not reach, or is not to follow, the server that they lead to.
    /// </summary>
    private static readonly string[] PassingErrors =
        ["TRYAGAIN", "ASK", "MOVED", "CLUSTERDOWN", "LOADING", "NOSCRIPT", "READONLY", "BUSY", "MASTERDOWN", "UNBLOCKED", "Endpoint ", "Key has MOVED"];

    /// <summary>Whether the same call may succeed when it is sent again.</summary>
    public static bool IsPassing(Exception e) => IsUnanswered(e) || (e is RedisServerException && StartsWithAny(e.Message, PassingErrors));

    /// <summary>Whether no answer arrived, so that the call may have been carried out, or may still be.</summary>
    public static bool IsUnanswered(Exception e) => e is RedisConnectionException or TimeoutException or RedisTimeoutException or ObjectDisposedException;

    /// <summary>Whether the server refused to write because its memory is full.</summary>
    public static bool IsFull(Exception e) => e is RedisServerException && e.Message.Contains("OOM ", StringComparison.Ordinal);

    /// <summary>Whether something else has written a value of another type under a key of the library's.</summary>
    public static bool IsWrongType(Exception e) => e is RedisServerException && e.Message.Contains("WRONGTYPE", StringComparison.Ordinal);

    /// <summary>The server that has the slot, when a call went to one that has it no longer; null when that is not what is wrong.</summary>
    public static EndPoint? MovedTo(Exception e)
        => e is RedisException && Moved().Match(e.Message) is { Success: true } moved ? ConfigurationOptions.Parse(moved.Groups["server"].Value).EndPoints[0] : null;

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

    /// <summary>As a server says it, and as the versions of the client do that were not to follow it, or could not. A host name comes with its kind of address before it.</summary>
    [GeneratedRegex("^(MOVED [0-9]+ |Key has MOVED to Endpoint |Endpoint (?=.* serving hashslot))([A-Za-z]+/)?(?<server>[^ ]+:[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Moved();
}

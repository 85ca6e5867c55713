using System.Globalization;

namespace JobQueue.Scheduling;

/// <summary>
/// What has become of a recurring job, read from the text that scripts write (<c>shared/recurring.lua</c>). Times are Unix milliseconds
/// of the server's clock.
/// </summary>
/// <param name="Switch">Whether a person has switched it on or off; null when nobody has.</param>
/// <param name="Occurrence">The last occurrence that fired or was left out.</param>
/// <param name="LastRun">When it last enqueued a job.</param>
/// <param name="LastJob">That job.</param>
/// <param name="Runs">How many jobs it has enqueued.</param>
/// <param name="Declared">When a process last declared it; null at run time.</param>
/// <param name="Created">When it was first registered.</param>
/// <param name="Owner">The application whose code declares it; empty at run time.</param>
internal sealed record RecurringState(
    bool? Switch, long? Occurrence, long? LastRun, JobId? LastJob, long Runs, long? Declared, long Created, string Owner)
{
    private const int Parts = 8;

    /// <summary>Reads the text; null when it is no such text.</summary>
    public static RecurringState? TryParse(string text)
    {
        var parts = text.Split('|', Parts);
        return parts.Length == Parts && Number(parts[4]) is { } runs && Number(parts[6]) is { } created
            ? new RecurringState(
                parts[0] switch { "1" => true, "0" => false, _ => null },
                Number(parts[1]),
                Number(parts[2]),
                JobId.TryParse(parts[3], out var job) ? job : null,
                runs,
                Number(parts[5]),
                created,
                parts[7])
            : null;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

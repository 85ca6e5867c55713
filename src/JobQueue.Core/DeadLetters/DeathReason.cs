using System.Globalization;

namespace JobQueue.DeadLetters;

/// <summary>Why a job is dead although no exception says so: a word that groups it, and a text for people.</summary>
internal readonly record struct DeathReason(string Kind, string Text)
{
    public static DeathReason Expired(long dueAt, TimeSpan expiresAfter, long now) => new(
        "expired",
        $"It was due at {Show(dueAt)}, could start for {expiresAfter} from then on (ExpiresAfter), and a worker was free at {Show(now)}.");

    public static DeathReason DeadlinePassed(long deadline) => new("deadline", $"Its deadline {Show(deadline)} has passed.");

    public static DeathReason DeadlineBeforeRetry(long deadline) => new("deadline", $"Its next attempt would begin after its deadline {Show(deadline)}.");

    public static DeathReason Discarded(string reason) => new("discarded", "Discarded by its handler: " + reason);

    public static DeathReason UnknownHandler(string name, TimeSpan grace, string known) => new(
        "unknown handler",
        $"No live worker has had a handler named '{name}' for {grace} (UnknownHandlerGrace). Known handlers: {known}. Deploy a worker that has it, then retry the job.");

    public static DeathReason TooManyCrashes(int crashes, TimeSpan window) => new(
        "crashes",
        string.Create(CultureInfo.InvariantCulture, $"The process that ran it has died {crashes} times within {window} (MaxCrashes, CrashWindow). Find out whether the job kills its process before you retry it."));

    private static string Show(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

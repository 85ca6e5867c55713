namespace JobQueue.Diagnostics;

/// <summary>How an attempt ended, as spans and metrics say it.</summary>
internal static class JobOutcomes
{
    public const string Completed = "completed";
    public const string Retrying = "retrying";
    public const string Dead = "dead";
    public const string Cancelled = "cancelled";
    public const string Snoozed = "snoozed";

    /// <summary>Dead because its handler gave it up.</summary>
    public const string Discarded = "discarded";

    /// <summary>Stopped with its host; it runs again and no attempt is used.</summary>
    public const string HandedBack = "handed_back";

    /// <summary>The handler went on although its token had fired, and its job was reported without it.</summary>
    public const string GivenUp = "given_up";

    /// <summary>The worker was declared lost, and the job is another's.</summary>
    public const string Lost = "lost";
}

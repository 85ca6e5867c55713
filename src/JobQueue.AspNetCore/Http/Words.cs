namespace JobQueue.AspNetCore.Http;

/// <summary>The words that the contracts write for states and priorities. <c>medium</c> and <c>normal</c> are one priority, and both are read everywhere.</summary>
internal static class Words
{
    private const int ShortenTo = 60;

    /// <summary>A state as the job service and the REST contract write it: a delayed job is pending, a dead one has failed.</summary>
    public static string OfState(JobState state) => state switch
    {
        JobState.Scheduled or JobState.Pending => "pending",
        JobState.Running => "running",
        JobState.Retrying => "retrying",
        JobState.Completed => "completed",
        JobState.Dead => "failed",
        _ => "cancelled",
    };

    /// <summary>A state with a word of its own: a delayed job is scheduled.</summary>
    public static string OfStateApart(JobState state) => state == JobState.Scheduled ? "scheduled" : OfState(state);

    /// <summary>A state as RQ writes it.</summary>
    public static string OfStateInRq(JobState state) => state switch
    {
        JobState.Pending => "queued",
        JobState.Running => "started",
        JobState.Completed => "finished",
        JobState.Dead => "failed",
        JobState.Cancelled => "canceled",
        _ => "scheduled",
    };

    public static bool TryParseState(string word, out JobState state)
    {
        (var known, state) = word switch
        {
            "scheduled" => (true, JobState.Scheduled),
            "pending" => (true, JobState.Pending),
            "running" => (true, JobState.Running),
            "retrying" => (true, JobState.Retrying),
            "completed" => (true, JobState.Completed),
            "failed" => (true, JobState.Dead),
            "cancelled" => (true, JobState.Cancelled),
            _ => (false, default),
        };
        return known;
    }

    public static string OfPriority(JobPriority priority) => priority switch
    {
        JobPriority.Critical => "critical",
        JobPriority.High => "high",
        JobPriority.Low => "low",
        _ => "normal",
    };

    public static string OfPriorityInRest(JobPriority priority) => priority == JobPriority.Normal ? "medium" : OfPriority(priority);

    public static bool TryParsePriority(string word, out JobPriority priority)
    {
        (var known, priority) = word.ToLowerInvariant() switch
        {
            "critical" => (true, JobPriority.Critical),
            "high" => (true, JobPriority.High),
            "normal" or "medium" => (true, JobPriority.Normal),
            "low" => (true, JobPriority.Low),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>The priority that a request names; null when it names none.</summary>
    public static JobPriority? ReadPriority(string name, string? word) => word is null ? null
        : TryParsePriority(word, out var priority) ? priority
        : throw ApiProblemException.Invalid(name, $"'{name}' is '{Shorten(word)}', and must be one of critical, high, normal (or medium), low.");

    public static string OfMisfire(MisfirePolicy policy) => policy switch
    {
        MisfirePolicy.Skip => "skip",
        MisfirePolicy.CatchUp => "catch_up",
        _ => "fire_once",
    };

    public static bool TryParseMisfire(string word, out MisfirePolicy policy)
    {
        (var known, policy) = word switch
        {
            "fire_once" => (true, MisfirePolicy.FireOnce),
            "skip" => (true, MisfirePolicy.Skip),
            "catch_up" => (true, MisfirePolicy.CatchUp),
            _ => (false, default),
        };
        return known;
    }

    public static string OfOverlap(OverlapPolicy policy) => policy == OverlapPolicy.SkipIfRunning ? "skip_if_running" : "allow";

    public static bool TryParseOverlap(string word, out OverlapPolicy policy)
    {
        (var known, policy) = word switch
        {
            "allow" => (true, OverlapPolicy.Allow),
            "skip_if_running" => (true, OverlapPolicy.SkipIfRunning),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>Cuts a value that came from outside, so that an error text stays readable.</summary>
    public static string Shorten(string value) => value.Length <= ShortenTo ? value : string.Concat(value.AsSpan(0, ShortenTo), "…");
}

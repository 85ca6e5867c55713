namespace JobQueue.Redis;

/// <summary>The words by which scripts are told where a job was read.</summary>
internal static class JobPlaces
{
    public static string ToPlace(this JobState state) => state switch
    {
        JobState.Scheduled => "scheduled",
        JobState.Running => "running",
        JobState.Retrying => "retrying",
        JobState.Completed => "completed",
        JobState.Dead => "dead",
        JobState.Cancelled => "cancelled",
        _ => "pending",
    };
}

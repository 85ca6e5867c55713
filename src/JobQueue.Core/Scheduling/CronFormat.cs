namespace JobQueue;

/// <summary>How many fields a cron expression has.</summary>
[Flags]
public enum CronFormat
{
    /// <summary>Five: minute, hour, day of month, month, day of week.</summary>
    Standard = 0,

    /// <summary>Six: a field for the second comes first.</summary>
    IncludeSeconds = 1,
}

namespace JobQueue;

/// <summary>The library's enum for the code that is shared with it; internal, so that no project sees two.</summary>
[Flags]
internal enum CronFormat
{
    /// <summary>Five fields.</summary>
    Standard = 0,

    /// <summary>Six: a field for the second comes first.</summary>
    IncludeSeconds = 1,
}

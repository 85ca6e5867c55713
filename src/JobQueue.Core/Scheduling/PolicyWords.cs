namespace JobQueue.Scheduling;

/// <summary>The policies as they are written in definitions. A word that this version does not know reads as the default.</summary>
internal static class PolicyWords
{
    private const string FireOnce = "fire_once";
    private const string Skip = "skip";
    private const string CatchUp = "catch_up";
    private const string Allow = "allow";
    private const string SkipIfRunning = "skip_if_running";

    public static string ToWord(this MisfirePolicy policy) => policy switch
    {
        MisfirePolicy.Skip => Skip,
        MisfirePolicy.CatchUp => CatchUp,
        _ => FireOnce,
    };

    public static string ToWord(this OverlapPolicy policy) => policy == OverlapPolicy.SkipIfRunning ? SkipIfRunning : Allow;

    public static MisfirePolicy ReadMisfire(string? word) => word switch
    {
        Skip => MisfirePolicy.Skip,
        CatchUp => MisfirePolicy.CatchUp,
        _ => MisfirePolicy.FireOnce,
    };

    public static OverlapPolicy ReadOverlap(string? word) => word == SkipIfRunning ? OverlapPolicy.SkipIfRunning : OverlapPolicy.Allow;
}

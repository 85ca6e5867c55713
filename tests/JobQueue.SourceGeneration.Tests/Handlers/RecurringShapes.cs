namespace JobQueue.SourceGeneration.Tests.Handlers;

/// <summary>Arguments of the user's own that may all be left out.</summary>
public sealed record Window(int Days = 7, string? Region = null);

/// <summary>Handlers that recur: far apart or switched off, so that no test sees a job that it has not enqueued.</summary>
internal static class RecurringShapes
{
    [JobHandler("recur_plain")]
    [Cron("0 8 29 2 *", TimeZone = "Europe/Berlin", Enabled = false)]
    [DailyAt("06:05:09", Name = "recur_daily", Misfire = MisfirePolicy.CatchUp, MaxCatchUp = 3, Overlap = OverlapPolicy.SkipIfRunning, Enabled = false)]
    public static string Plain(int days = 3, string? region = null) => $"{days} {region ?? "all"}";

    [JobHandler("recur_own")]
    [Every("366.00:00:00", StartsAt = "2100-01-01T08:00+01:00", EndsAt = "2200-01-01T00:00:00.25Z", Misfire = MisfirePolicy.Skip)]
    public static string Own(Window window) => $"{window.Days} {window.Region ?? "all"}";
}

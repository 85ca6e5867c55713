using System.Globalization;

namespace JobQueue.ChaosWorker;

/// <summary>Recurring jobs that come every second and make up for whatever was missed, so that each second has a job of its own.</summary>
public static class Ticks
{
    /// <summary>How many a process of a group declares.</summary>
    public const int Declared = 10;

    /// <summary>How long a job works: long enough for a kill to find some at work.</summary>
    public const int WorkMs = 20;

    /// <summary>The time between two occurrences.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>Far more seconds than a test takes.</summary>
    private const int MostMissed = 1_000;

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "Australia/Lord_Howe"];

    public static string NameOf(string group, int number) => string.Create(CultureInfo.InvariantCulture, $"{group}-{number}");

    /// <summary>By turns one that comes at its own part of the second, and one that comes as the second begins, with all others of its kind.</summary>
    public static JobSchedule ScheduleOf(int number) => number % 2 == 0 ? JobSchedule.Every(Pace) : JobSchedule.Cron("* * * * * *", Zones[number % Zones.Length]);

    public static void MakeUpForAll(RecurringJobOptions options) => (options.Misfire, options.MaxCatchUp) = (MisfirePolicy.CatchUp, MostMissed);

    /// <summary>Declares those of a group. Processes of one group take turns; those of different groups fire beside each other.</summary>
    public static void AddTo(JobQueueBuilder jobs, string group)
    {
        for (var number = 0; number < Declared; number++)
        {
            jobs.AddRecurringJob(NameOf(group, number), ChaosHandlers.Work, ScheduleOf(number), WorkMs, MakeUpForAll);
        }
    }
}

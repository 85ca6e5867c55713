using JobQueue.Diagnostics;
using JobQueue.Enqueueing;

namespace JobQueue.Scheduling;

/// <summary>What a recurring job may be. Broken rules are refused before anything is written.</summary>
internal static class RecurringRules
{
    public const int MaxCatchUpCeiling = 1_000;

    public static void Check(string name, string handler, JobSchedule schedule, RecurringJobOptions options)
    {
        if (!Names.IsValid(name))
        {
            throw Errors.InvalidRecurringName(name);
        }

        if (!Names.IsValid(handler))
        {
            throw Errors.InvalidHandlerName(handler);
        }

        if (FindProblem(schedule, options) is { } problem)
        {
            throw Errors.InvalidRecurringSetting(name, problem);
        }
    }

    /// <summary>The least interval is a setting of the process, which declarations do not know yet.</summary>
    public static void CheckInterval(JobSchedule schedule, TimeSpan least)
    {
        if (schedule.Interval is { } interval && interval < least)
        {
            throw Errors.IntervalOutOfRange(interval, least);
        }
    }

    private static string? FindProblem(JobSchedule schedule, RecurringJobOptions options)
    {
        if (options.Queue is { } queue && !Names.IsValid(queue))
        {
            return $"its queue '{Names.Shorten(queue)}' is not a valid name: {Names.Rule}.";
        }

        if (options.Priority is { } priority && !JobPriorities.IsDefined(priority))
        {
            return $"its priority {(int)priority} does not exist.";
        }

        if (!Enum.IsDefined(options.Misfire) || !Enum.IsDefined(options.Overlap))
        {
            return $"its misfire policy {(int)options.Misfire} or overlap policy {(int)options.Overlap} does not exist.";
        }

        if (options.MaxCatchUp is < 1 or > MaxCatchUpCeiling)
        {
            return $"MaxCatchUp is {options.MaxCatchUp}, and must be from 1 to {MaxCatchUpCeiling}.";
        }

        if (options.StartsAt >= EnqueueRules.EndOfTime || options.EndsAt >= EnqueueRules.EndOfTime)
        {
            return "StartsAt and EndsAt must be before the year 10000.";
        }

        return options is { StartsAt: { } start, EndsAt: { } end } && end <= start
            ? "EndsAt must be later than StartsAt."
            : new Timetable(schedule, options.StartsAt, options.EndsAt).FirstAt(DateTimeOffset.UnixEpoch) is null
                ? "it has no occurrence between StartsAt and EndsAt."
                : null;
    }
}

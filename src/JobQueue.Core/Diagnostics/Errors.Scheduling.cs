using System.Globalization;

namespace JobQueue.Diagnostics;

/// <content>JQ1073 to JQ108x: timetables and recurring jobs.</content>
internal static partial class Errors
{
    public static InvalidJobException CronNeverFires(string expression) => new(
        "JQ1073",
        $"The cron expression '{Names.Shorten(expression)}' never fires: no day before the year 2500 fits all its fields. Look at the days of the month beside the months, such as 30 beside February.",
        nameof(expression));

    public static InvalidJobException TimeZoneUnknown(string timeZone) => new(
        "JQ1074",
        $"The time zone '{Names.Shorten(timeZone)}' is not known to this machine. Use an IANA name such as 'Europe/Berlin'; on a system without time zone data install it (package tzdata).",
        nameof(timeZone));

    public static InvalidJobException IntervalOutOfRange(TimeSpan interval, TimeSpan least) => new(
        "JQ1075",
        $"The interval {interval:c} is not allowed: it must be at least {least:c} and at most 366 days, in whole milliseconds. JobQueueOptions.MinRecurringInterval sets the least, down to 100 ms.",
        nameof(interval));

    public static InvalidJobException OnceOutOfRange(DateTimeOffset at) => new(
        "JQ1076",
        string.Create(CultureInfo.InvariantCulture, $"The time {at:O} is not allowed: it must be from 1970 to before the year 10000."),
        nameof(at));

    public static InvalidJobException DailyTimeNotWhole(TimeOnly time) => new(
        "JQ1077",
        string.Create(CultureInfo.InvariantCulture, $"The time of day {time:O} has parts of a second: a daily time is in whole seconds."),
        nameof(time));

    public static InvalidJobException InvalidRecurringName(string? name) => new(
        "JQ1078",
        $"The recurring job's name '{Names.Shorten(name)}' is not valid. A name is {Names.Rule}.",
        nameof(name));

    public static InvalidJobException InvalidRecurringSetting(string name, string problem) => new(
        "JQ1079",
        $"The recurring job '{name}' can't be registered: {problem}",
        nameof(name));

    public static InvalidJobException RecurringHandlerUnknown(string name, string handler, string? nearest) => new(
        "JQ1080",
        $"The recurring job '{name}' needs the handler '{handler}', which neither this process nor a live worker knows. {(nearest is null ? "Register the handler first" : $"Did you mean '{nearest}'? Else register the handler first")}, here or in a worker that has started.",
        nameof(handler));

    public static RecurringJobException RecurringOwned(string name, string owner, string action) => new(
        "JQ1081",
        $"The recurring job '{name}' was not {action}: the code of application '{owner}' declares it, and would again when it starts. Change it there; to stop it from here, disable it.",
        name,
        owner);

    public static RecurringJobException RecurringNameTaken(string name, string? owner) => new(
        "JQ1082",
        owner is null
            ? $"The recurring job '{name}' of this application was not registered: one of that name was registered at run time. Unregister that one (IJobScheduler.UnregisterAsync), or give this one another name."
            : $"The recurring job '{name}' of this application was not registered: the code of application '{owner}' declares one of that name. Give this one another name; if both are the same application, set JobQueueOptions.ApplicationName to the same in both.",
        name,
        owner);

    public static InvalidJobException RecurringDeclaredTwice(string name) => new(
        "JQ1083",
        $"The recurring job '{name}' is declared twice in this application. Give each a name of its own: [Cron(..., Name = \"...\")], or the first argument of AddRecurringJob.",
        nameof(name));

    public static JobQueueException RecurringContended(string name) => new(
        "JQ1085",
        $"The recurring job '{name}' was changed by others again and again while this call tried to; nothing was changed by it. Call again.");

    public static JobQueueException RecurringUnreadable(string name, string problem) => new(
        "JQ1084",
        $"The timetable of the recurring job '{name}' can't be read by this process: {problem}. Register it again, or call from a process that can.");
}

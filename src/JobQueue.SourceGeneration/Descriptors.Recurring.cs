using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration;

/// <content>What is wrong with <c>[Cron]</c>, <c>[DailyAt]</c> and <c>[Every]</c>.</content>
internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor RecursWithoutHandler = Error(
        "JQ4025",
        "A recurring job has no handler",
        "{0} has {1} and no [JobHandler], so nothing runs its jobs. Add [JobHandler(\"name\")].",
        "The attribute says when jobs of a handler are enqueued; it makes no handler.");

    public static readonly DiagnosticDescriptor InvalidCron = Error(
        "JQ4026",
        "The cron expression is not valid",
        "{0}",
        "Cron is read here as it is read when the host starts.");

    public static readonly DiagnosticDescriptor CronNeverFires = Error(
        "JQ4027",
        "The cron expression never fires",
        "The cron expression {0} never fires: no day before the year 2500 fits all its fields. Look at the days of the month beside the months, such as 30 beside February.",
        "A timetable without an occurrence is a mistake.");

    public static readonly DiagnosticDescriptor InvalidInterval = Error(
        "JQ4028",
        "The interval is not allowed",
        "{0} is {1}",
        "An interval is a time span from 100 ms to 366 days, in whole milliseconds.");

    public static readonly DiagnosticDescriptor InvalidTimeOfDay = Error(
        "JQ4029",
        "The time of day is not valid",
        "{0} is no time of day. Write HH:mm or HH:mm:ss, such as 08:00, from 00:00 to 23:59:59.",
        "A daily time is in whole seconds, on a clock of 24 hours.");

    public static readonly DiagnosticDescriptor InvalidRecurringName = Error(
        "JQ4030",
        "The recurring job's name is not valid",
        "{0} is no name of a recurring job. A name is {1}.",
        "Recurring jobs are named by the same rule as handlers.");

    public static readonly DiagnosticDescriptor DuplicateRecurringName = Error(
        "JQ4031",
        "A recurring job's name is used twice",
        "'{0}' is also the name of a recurring job of {1}. Give each a name of its own by Name.",
        "A recurring job is stored under its name, which is its handler's unless Name is set.",
        atEndOfCompilation: true);

    public static readonly DiagnosticDescriptor RecurringNeedsArgs = Error(
        "JQ4032",
        "A recurring handler needs arguments",
        "{0} recurs by an attribute, so its jobs have no arguments, and {1}. Give it a default, or declare the recurring job by AddRecurringJob, which takes arguments.",
        "The jobs that an attribute makes recur carry an empty object.");

    public static readonly DiagnosticDescriptor InvalidCatchUp = Error(
        "JQ4033",
        "MaxCatchUp is out of range",
        "MaxCatchUp is {0}, and must be from 1 to 1000",
        "At most so many missed occurrences are made up for.");

    public static readonly DiagnosticDescriptor InvalidBound = Error(
        "JQ4034",
        "StartsAt or EndsAt is not allowed",
        "{0} is {1}, and must be {2}",
        "The bounds of a recurring job are instants: date, time and offset.");
}

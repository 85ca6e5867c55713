namespace JobQueue.Diagnostics;

/// <content>JQ107x: timetables.</content>
internal static partial class Errors
{
    public static CronFormatException CronFieldWrong(string expression, string field, string text, string allowed) => new(
        "JQ1070",
        $"The cron expression '{Names.Shorten(expression)}' has '{Names.Shorten(text)}' in its field for the {field}, which takes {allowed}.");

    public static CronFormatException CronFieldCount(string expression, int expected) => new(
        "JQ1071",
        $"The cron expression '{Names.Shorten(expression)}' does not have {Number(expected)} fields. Five are minute, hour, day of month, month, day of week; CronFormat.IncludeSeconds adds the second in front.");

    public static CronFormatException CronMacroUnknown(string expression, string known) => new(
        "JQ1072",
        $"The cron macro '{Names.Shorten(expression)}' does not exist. There are {known}.");
}

namespace JobQueue.Diagnostics;

/// <content>JQ1070 to JQ1072: what cron's parser refuses, here and in the compiler, which builds this file as well.</content>
internal static partial class Errors
{
    public static CronFormatException CronFieldWrong(string expression, string field, string text, string allowed) => new(
        "JQ1070",
        $"The cron expression '{Names.Shorten(expression)}' has '{Names.Shorten(text)}' in its field for the {field}, which takes {allowed}.");

    public static CronFormatException CronFieldCount(string expression, int expected) => new(
        "JQ1071",
        $"The cron expression '{Names.Shorten(expression)}' does not have {expected} fields. Five are minute, hour, day of month, month, day of week; six (CronFormat.IncludeSeconds) begin with the second.");

    public static CronFormatException CronMacroUnknown(string expression, string known) => new(
        "JQ1072",
        $"The cron macro '{Names.Shorten(expression)}' does not exist. There are {known}.");
}

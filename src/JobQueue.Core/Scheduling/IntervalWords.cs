using System.Globalization;

namespace JobQueue.Scheduling;

/// <summary>Says an interval in words: <c>5 minutes</c>, <c>1 hour 30 minutes</c>, <c>250 ms</c>.</summary>
internal static class IntervalWords
{
    public static string Of(TimeSpan interval)
    {
        (int Count, string Unit)[] parts = [(interval.Days, "day"), (interval.Hours, "hour"), (interval.Minutes, "minute"), (interval.Seconds, "second")];
        var words = new List<string>();
        foreach (var (count, unit) in parts)
        {
            if (count > 0)
            {
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}"));
            }
        }

        if (interval.Milliseconds > 0)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{interval.Milliseconds} ms"));
        }

        return words is ["1 day" or "1 hour" or "1 minute" or "1 second"] ? words[0][2..] : string.Join(' ', words);
    }
}

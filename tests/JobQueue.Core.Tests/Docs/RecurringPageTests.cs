using System.Globalization;
using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>The examples of docs/recurring-jobs.md are what the library does.</summary>
public sealed partial class RecurringPageTests
{
    [Fact]
    public void Every_row_of_the_clock_changes_is_worked_out()
    {
        var rows = Row().Matches(Repository.Read("docs/recurring-jobs.md"));

        rows.Should().HaveCountGreaterThan(5);
        foreach (Match row in rows)
        {
            var schedule = JobSchedule.Cron(row.Groups["cron"].Value, row.Groups["zone"].Value);
            var expected = row.Groups["fires"].Value.Split(", ");
            var at = Read(row.Groups["after"].Value);
            var fires = expected.Select(_ => at = schedule.GetNextOccurrence(at)!.Value).ToArray();

            fires.Select(Write).Should().Equal(expected, "{0}", row.Value);
        }
    }

    private static DateTimeOffset Read(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Write(DateTimeOffset time)
        => time.ToString(time.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm'Z'" : "yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `(?<cron>[^`]+)` \| (?<zone>[A-Za-z/]+) \| (?<after>[0-9T:+Z-]+) \| (?<fires>[^|]+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Row();
}

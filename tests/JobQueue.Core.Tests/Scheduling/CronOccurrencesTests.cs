using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Scheduling;

/// <summary>
/// What a correct implementation answers, row by row of <c>occurrences.tsv</c>: facts from the public test suite of the Cronos library (MIT),
/// checked against it. Columns: format, zone, inclusive, expression, from, expected instant with its offset, or <c>never</c>, or <c>invalid</c>.
/// </summary>
public sealed class CronOccurrencesTests
{
    public static TheoryData<string> Rows
        => [.. Repository.Read("tests", "JobQueue.Core.Tests", "Scheduling", "occurrences.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Distinct()];

    [Fact]
    public void Every_row_is_read() => Rows.Should().HaveCountGreaterThan(900);

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_next_occurrence_is_as_the_row_says(string row)
    {
        var cells = row.Split('\t');
        var format = cells[0] == "seconds" ? CronFormat.IncludeSeconds : CronFormat.Standard;
        if (cells[5] == "invalid")
        {
            CronExpression.TryParse(cells[3], format, out _).Should().BeFalse();
            FluentActions.Invoking(() => CronExpression.Parse(cells[3], format)).Should().Throw<CronFormatException>();
            return;
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(cells[1]);
        var expression = CronExpression.Parse(cells[3], format);
        var next = expression.GetNextOccurrence(DateTimeOffset.Parse(cells[4], CultureInfo.InvariantCulture), zone, inclusive: cells[2] == "true");

        if (cells[5] == "never")
        {
            next.Should().BeNull();
        }
        else
        {
            next.Should().NotBeNull();
            next!.Value.EqualsExact(DateTimeOffset.Parse(cells[5], CultureInfo.InvariantCulture)).Should().BeTrue($"the row expects {cells[5]} and {next:O} came");
        }

        CronExpression.Parse(expression.ToString(), format).Should().Be(expression, "its text means the same");
    }
}

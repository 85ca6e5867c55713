using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Diagnostics;

namespace JobQueue.Core.Tests.Diagnostics;

/// <summary>docs/observability.md names every instrument, attribute and outcome that the code has, and nothing else.</summary>
public sealed partial class ObservabilityPageTests
{
    private static readonly string Page = Repository.Read("docs", "observability.md");

    [Fact]
    public void Every_instrument_is_in_the_table_with_its_kind_and_unit()
    {
        using var metrics = new RecordedMetrics();
        _ = new JobQueueMetrics(metrics);

        Rows("## Metrics").Select(static row => (row[0].Trim('`'), row[1], row[2].Trim('`'))).Should().BeEquivalentTo(
            metrics.Instruments.Select(static instrument => (instrument.Name, KindOf(instrument), instrument.Unit)));
        metrics.Instruments.Should().OnlyContain(static instrument => instrument.Description!.EndsWith('.'));
    }

    [Fact]
    public void Every_attribute_of_a_span_or_a_metric_is_on_the_page()
    {
        var names = Constants(typeof(TelemetryTags)).Where(static name => name.Contains('.', StringComparison.Ordinal)).ToList();

        names.Should().OnlyContain(static name => Page.Contains('`' + name + '`', StringComparison.Ordinal));
        Rows("## Spans").Where(static row => row.Length == 3).SelectMany(static row => Quoted().Matches(row[0]).Select(static name => name.Value.Trim('`')))
            .Where(static name => name.Contains('.', StringComparison.Ordinal))
            .Should().OnlyHaveUniqueItems().And.BeSubsetOf(names);
    }

    [Fact]
    public void Every_outcome_is_in_its_table()
        => Rows("## Spans").Where(static row => row.Length == 2).Select(static row => row[0].Trim('`')).Should().BeEquivalentTo(Constants(typeof(JobOutcomes)));

    private static IEnumerable<string> Constants(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(static field => field.IsLiteral).Select(static field => (string)field.GetRawConstantValue()!);

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        ObservableUpDownCounter<long> => "observable up-down counter",
        ObservableGauge<long> => "observable gauge",
        _ => instrument.GetType().Name,
    };

    /// <summary>The cells of all tables of a section, without their heads.</summary>
    private static IEnumerable<string[]> Rows(string section)
    {
        var lines = Page[Page.IndexOf(section, StringComparison.Ordinal)..].Split('\n').Skip(1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal)).ToArray();
        for (var i = 0; i < lines.Length; i++)
        {
            var isHead = i + 1 < lines.Length && lines[i + 1].StartsWith("|---", StringComparison.Ordinal);
            if (lines[i].StartsWith('|') && !lines[i].StartsWith("|---", StringComparison.Ordinal) && !isHead)
            {
                yield return [.. lines[i].Trim('|').Split('|').Select(static cell => cell.Trim())];
            }
        }
    }

    [GeneratedRegex("`[^`]+`", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quoted();
}

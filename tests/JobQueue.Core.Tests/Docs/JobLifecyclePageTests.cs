using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>
/// docs/architecture/job-lifecycle.md says what <see cref="JobStateMachine"/> and the XML docs of <see cref="JobState"/> say,
/// because it is written from them. After a change run this with JOBQUEUE_UPDATE_GOLDEN=1.
/// </summary>
public sealed partial class JobLifecyclePageTests
{
    private static readonly string[] Parts = ["In:", "Out:"];

    [Fact]
    public void The_page_is_written_from_the_table_of_transitions_and_the_docs_of_the_states()
        => Golden.VerifyPage(Write(JobStateMachine.Transitions), "docs", "architecture", "job-lifecycle.md");

    [Fact]
    public void Every_state_says_who_moves_a_job_in_who_moves_it_out_and_how_long_it_stays()
    {
        foreach (var state in Enum.GetValues<JobState>())
        {
            var (meaning, moves, stay) = Describe(state);

            meaning.Should().NotBeEmpty();
            moves.Should().OnlyContain(static move => move.Length > 0, $"{state} has a sentence for In and Out");
            stay.Should().NotBeEmpty($"{state} says how long it stays, or that it is final");
        }
    }

    [Fact]
    public void Every_state_is_entered_and_every_state_that_is_not_final_is_left()
    {
        foreach (var state in Enum.GetValues<JobState>())
        {
            JobStateMachine.Transitions.Should().Contain(row => row.To == state || state == JobState.Cancelled, $"{state} is entered");
            JobStateMachine.Transitions.Should().Contain(row => row.From == state || Describe(state).Stay == "Final.", $"{state} is left");
        }
    }

    private static string Write(ImmutableArray<JobStateMachine.Transition> transitions)
    {
        var page = new StringBuilder();
        page.Append("# The life of a job\n\n");
        page.Append("You need this when you want to know which state a job can be in, what moves it, and which script does it.\n\n");
        page.Append("Written by a test from `Jobs/JobStateMachine.cs` and the XML docs of `JobState`: change those, not this page.\n\n");
        WriteDiagram(page, transitions);
        WriteStates(page);
        WriteTable(page, transitions);
        return page.ToString();
    }

    private static void WriteDiagram(StringBuilder page, ImmutableArray<JobStateMachine.Transition> transitions)
    {
        page.Append("```mermaid\nstateDiagram-v2\n");
        foreach (var arrow in transitions.GroupBy(static row => (row.From, row.To)))
        {
            var triggers = string.Join(" / ", arrow.Select(static row => row.Trigger).Distinct());
            page.Append($"    {Node(arrow.Key.From)} --> {Node(arrow.Key.To)}: {triggers}\n");
        }

        page.Append("```\n\n");
    }

    private static void WriteStates(StringBuilder page)
    {
        page.Append("## States\n\nThe state is not stored: it follows from where the job's id is ([data model](../redis-data-model.md)).\n\n");
        page.Append("| state | meaning | in | out | stays |\n|---|---|---|---|---|\n");
        foreach (var state in Enum.GetValues<JobState>())
        {
            var (meaning, moves, stay) = Describe(state);
            page.Append($"| `{state}` | {meaning} | {moves[0]} | {moves[1]} | {stay} |\n");
        }

        page.Append('\n');
    }

    private static void WriteTable(StringBuilder page, ImmutableArray<JobStateMachine.Transition> transitions)
    {
        page.Append("## Transitions\n\nEach is one script in `src/JobQueue.Core/Redis/Scripts/`.\n\n");
        page.Append("| from | to | when | script |\n|---|---|---|---|\n");
        foreach (var row in transitions)
        {
            page.Append($"| {Cell(row.From, "(new)")} | {Cell(row.To, "(gone)")} | {row.Trigger} | `{row.Script}.lua` |\n");
        }
    }

    private static string Node(JobState? state) => state?.ToString() ?? "[*]";

    private static string Cell(JobState? state, string none) => state is { } known ? $"`{known}`" : none;

    /// <summary>The summary of a state, of the form <c>Meaning. In: who. Out: who. Stays how long.</c></summary>
    private static (string Meaning, string[] Moves, string Stay) Describe(JobState state)
    {
        var summary = Summary(state);
        var starts = Parts.Select(part => summary.IndexOf(part, StringComparison.Ordinal)).ToArray();
        starts.Should().NotContain(-1, $"the docs of {state} say who moves a job in and out");
        var into = summary[(starts[0] + Parts[0].Length)..starts[1]].Trim();
        var rest = summary[(starts[1] + Parts[1].Length)..].Trim();
        var end = LastSentences().Match(rest);
        return (summary[..starts[0]].Trim(), [Capital(into), Capital(rest[..end.Index].Trim())], Capital(end.Groups["stay"].Value));
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Summary(JobState state)
    {
        var docs = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "JobQueue.Core.xml"));
        var member = docs.Descendants("member").Single(member => (string?)member.Attribute("name") == $"F:JobQueue.JobState.{state}");
        foreach (var code in member.Descendants("c").ToList())
        {
            code.ReplaceWith($"`{code.Value}`");
        }

        foreach (var link in member.Descendants("see").ToList())
        {
            link.ReplaceWith($"`{((string?)link.Attribute("cref"))?.Split('.')[^1]}`");
        }

        return Space().Replace(member.Element("summary")!.Value, " ").Trim();
    }

    [GeneratedRegex("(?<=\\.) (Stays )?(?<stay>(?<=Stays ).*|Final\\.)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LastSentences();

    [GeneratedRegex("\\s+", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Space();
}

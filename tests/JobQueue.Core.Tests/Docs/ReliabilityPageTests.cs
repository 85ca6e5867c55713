using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>docs/reliability.md names lines that exist and tests that exist.</summary>
public sealed partial class ReliabilityPageTests
{
    public static TheoryData<string, string, string> Guards => [.. Row().Matches(Repository.Read("docs", "reliability.md"))
        .Select(static row => (row.Groups["file"].Value, row.Groups["line"].Value, row.Groups["test"].Value))];

    [Theory]
    [MemberData(nameof(Guards))]
    public void A_line_that_holds_a_promise_is_in_its_file(string file, string line, string test)
    {
        var path = file.EndsWith(".lua", StringComparison.Ordinal) ? "Redis/Scripts/" + file : file;

        Repository.Read(["src", "JobQueue.Core", .. path.Split('/')]).Should().Contain(line, $"{test} fails without it");
    }

    [Theory]
    [MemberData(nameof(Guards))]
    public void The_test_that_fails_without_a_line_exists(string file, string line, string test)
    {
        var (type, method) = (test.Split('.')[0], test.Split('.')[1]);

        typeof(ReliabilityPageTests).Assembly.GetTypes()
            .Where(candidate => candidate.Name == type)
            .SelectMany(static candidate => candidate.GetMethods())
            .Should().Contain(candidate => candidate.Name == method, $"it guards '{line}' of {file}");
    }

    [Fact]
    public void Every_promise_has_a_line()
    {
        var page = Repository.Read("docs", "reliability.md");

        Row().Matches(page).Select(static row => row.Groups["promise"].Value).Distinct()
            .Should().BeEquivalentTo(Promise().Matches(page).Select(static promise => promise.Groups["number"].Value));
    }

    [GeneratedRegex("^\\| (?<promise>[0-9]) \\| `(?<file>[^`]+)` \\| `(?<line>[^`]+)` \\| `(?<test>[^`]+)` \\|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Row();

    [GeneratedRegex("^(?<number>[0-9])\\. \\*\\*", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Promise();
}

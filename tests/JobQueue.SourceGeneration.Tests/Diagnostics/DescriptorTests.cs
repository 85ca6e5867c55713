using System.Globalization;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

public sealed class DescriptorTests
{
    private static readonly IReadOnlyList<DiagnosticDescriptor> All = [.. new JobHandlerAnalyzer().SupportedDiagnostics.OrderBy(static rule => rule.Id, StringComparer.Ordinal)];

    [Fact]
    public void Every_text_is_as_it_was()
    {
        var texts = new StringBuilder();
        foreach (var rule in All)
        {
            texts.Append(CultureInfo.InvariantCulture, $"{rule.Id} {rule.DefaultSeverity}: {rule.Title}\n{rule.MessageFormat}\n{rule.Description}\n\n");
        }

        Golden.Verify(texts.ToString(), "diagnostics.golden.txt");
    }

    [Fact]
    public void Every_id_is_used_once_and_has_a_page()
    {
        All.Select(static rule => rule.Id).Should().OnlyHaveUniqueItems();
        foreach (var rule in All)
        {
            rule.HelpLinkUri.Should().Be($"docs/diagnostics/{rule.Id}.md");
            Repository.Read("docs", "diagnostics", rule.Id + ".md").Should().StartWith($"# {rule.Id}: {rule.Title}\n");
            Repository.Read("docs", "diagnostics", "README.md").Should().Contain($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} |\n");
        }
    }

    [Fact]
    public void Every_page_of_the_generator_has_an_id()
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "diagnostics"), "JQ40*.md")
            .Select(Path.GetFileNameWithoutExtension)
            .Should().BeEquivalentTo(All.Select(static rule => rule.Id));

    [Fact]
    public void Every_id_has_a_test_of_its_place()
    {
        var tests = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "JobQueue.SourceGeneration.Tests", "Diagnostics"), "*.cs").Select(File.ReadAllText));

        All.Should().OnlyContain(rule => tests.Contains($"{{|{rule.Id}:", StringComparison.Ordinal));
    }
}

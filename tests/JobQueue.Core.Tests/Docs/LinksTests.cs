using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>Links between the pages of the repository.</summary>
public sealed partial class LinksTests
{
    private static readonly string[] Folders = ["docs", "samples", "src", "tests", "benchmarks"];

    public static TheoryData<string> Pages => ["README.md", "CONTRIBUTING.md", .. Folders
        .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories))
        .Select(static file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
        .Where(static file => !Built().IsMatch(file))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_somewhere(string page)
    {
        foreach (Match link in Link().Matches(Code().Replace(Repository.Read(page), "")))
        {
            var target = link.Groups["page"].Value;
            var file = target.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, target);
            var path = Path.Combine(Repository.Root, file);
            (File.Exists(path) || Directory.Exists(path)).Should().BeTrue($"{page} links to {link.Value}");
            if (link.Groups["anchor"] is { Success: true, Value: var anchor })
            {
                Heading().Matches(Code().Replace(File.ReadAllText(path).ReplaceLineEndings("\n"), "")).Select(static heading => AnchorOf(heading.Groups["text"].Value))
                    .Should().Contain(anchor, "{0} links to {1}", page, link.Value);
            }
        }
    }

    /// <summary>As the sites that show these pages make it: lower case, words joined by hyphens, without other signs.</summary>
    private static string AnchorOf(string heading) => Sign().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"(^|/)(bin|obj|node_modules|artifacts)/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Built();

    [GeneratedRegex(@"\]\((?<page>(?!https?:|mailto:)[^)#\s]*)(#(?<anchor>[^)\s]+))?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`(?!\\])", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Code();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Sign();
}

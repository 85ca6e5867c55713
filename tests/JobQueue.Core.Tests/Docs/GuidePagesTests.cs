using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>The pages of docs/ that have code of a user's.</summary>
public sealed class GuidePagesTests
{
    public static TheoryData<string> Pages => ["enqueueing.md", "getting-started.md", "idempotency.md", "middleware.md", "migrating.md", "monitoring.md", "observability.md", "recurring-jobs.md", "retries.md", "testing.md", "workers.md"];

    /// <summary>Pages whose tests are in the project of what they are about.</summary>
    private static readonly string[] Elsewhere = ["dashboard.md", "handlers.md", "http-api.md"];

    [Fact]
    public void No_page_with_code_is_forgotten()
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Where(static file => CodeBlocks.Of(File.ReadAllText(file).ReplaceLineEndings("\n")).Count > 0)
            .Select(static file => Path.GetFileName(file)).Should().BeEquivalentTo([.. Pages.Select(static row => row.Data), .. Elsewhere]);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_code_block_of_a_guide_compiles(string page)
    {
        var text = Repository.Read("docs", page);

        text.Split('\n')[2].Should().StartWith("You need this when ");
        var blocks = CodeBlocks.Of(text);
        blocks.Should().NotBeEmpty();
        blocks.Should().AllSatisfy(block => CodeBlocks.Compile(block).Should().BeEmpty($"this block of {page} compiles:\n{block}"));
    }
}

using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>The pages of docs/ that have code of a user's.</summary>
public sealed class GuidePagesTests
{
    public static TheoryData<string> Pages => ["enqueueing.md", "getting-started.md", "idempotency.md", "middleware.md", "migrating.md", "observability.md", "recurring-jobs.md", "retries.md", "testing.md"];

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

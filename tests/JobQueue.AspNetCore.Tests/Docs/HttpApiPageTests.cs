using JobQueue.Core.Tests.Docs;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Docs;

/// <summary>docs/http-api.md keeps its word.</summary>
public sealed class HttpApiPageTests
{
    private static readonly string Page = Repository.Read("docs", "http-api.md");

    [Fact]
    public void Every_code_block_compiles()
    {
        Page.Split('\n')[2].Should().StartWith("You need this when ");
        var blocks = CodeBlocks.Of(Page);

        blocks.Should().HaveCountGreaterThan(1);
        blocks.Should().AllSatisfy(static block => CodeBlocks.Compile(block).Should().BeEmpty($"this block of http-api.md compiles:\n{block}"));
    }
}

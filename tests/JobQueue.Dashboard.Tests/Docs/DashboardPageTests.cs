using JobQueue.Core.Tests.Docs;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Dashboard.Tests.Docs;

/// <summary>docs/dashboard.md.</summary>
public sealed class DashboardPageTests
{
    [Fact]
    public void Every_code_block_compiles()
    {
        var text = Repository.Read("docs", "dashboard.md");

        text.Split('\n')[2].Should().StartWith("You need this when ");
        var blocks = CodeBlocks.Of(text);
        blocks.Should().NotBeEmpty();
        blocks.Should().AllSatisfy(static block => CodeBlocks.Compile(block).Should().BeEmpty($"this block compiles:\n{block}"));
    }

    [Fact]
    public void Every_option_is_in_its_table()
    {
        var text = Repository.Read("docs", "dashboard.md");

        typeof(JobQueueDashboardOptions).GetProperties().Should().AllSatisfy(option => text.Should().Contain($"| `{option.Name}` |"));
    }
}

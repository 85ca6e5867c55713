using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

public sealed class ReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void Every_code_block_compiles()
    {
        var blocks = CodeBlocks.Of(Readme);

        blocks.Should().NotBeEmpty();
        blocks.Should().AllSatisfy(static block => CodeBlocks.Compile(block).Should().BeEmpty($"this block of the README compiles:\n{block}"));
    }

    [Fact]
    public void The_host_example_is_short() => CodeBlocks.Of(Readme)[0].Split('\n').Count(static line => line.Trim().Length > 0).Should().BeLessThanOrEqualTo(22);
}

using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Docs;

/// <summary>docs/options.md.</summary>
public sealed class OptionsPageTests
{
    [Fact]
    public void Every_option_has_a_row()
    {
        var page = Repository.Read("docs", "options.md");

        foreach (var property in typeof(JobQueueOptions).GetProperties())
        {
            (property.Name is "ConnectionMultiplexer" or "ConnectionFactory" || page.Contains($"\n| `{property.Name}` |", StringComparison.Ordinal))
                .Should().BeTrue($"the page describes the option {property.Name}");
        }
    }
}

using JobQueue.Embedded.Servers;

namespace JobQueue.Embedded.Tests.Servers;

public sealed class ServerOutputTests
{
    [Fact]
    public void The_last_twenty_lines_are_kept()
    {
        var output = new ServerOutput("secret");
        foreach (var i in Enumerable.Range(1, 25))
        {
            output.Add($"line {i}");
        }

        output.ToString().Split('\n').Should().HaveCount(20).And.StartWith("line 6").And.EndWith("line 25");
    }

    [Fact]
    public void Blank_lines_colours_and_the_password_are_left_out()
    {
        var output = new ServerOutput("secret");
        output.Add(null);
        output.Add("  ");
        output.Add("\u001b[31m requirepass secret \u001b[0m");

        output.ToString().Should().Be(" requirepass ***");
    }

    [Fact]
    public void A_long_line_is_cut()
    {
        var output = new ServerOutput("secret");
        output.Add(new string('x', 1_000));

        output.ToString().Should().Be(new string('x', 400) + "…");
    }
}

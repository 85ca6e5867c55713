using JobQueue.Embedded.Tests.Support;

namespace JobQueue.Embedded.Tests;

public sealed class EmbeddedRedisOptionsTests
{
    [Fact]
    public void The_defaults_keep_data_in_memory_and_wait_thirty_seconds()
    {
        var options = new EmbeddedRedisOptions();

        options.DataDirectory.Should().BeNull();
        options.StartTimeout.Should().Be(TimeSpan.FromSeconds(30));
        options.Invoking(o => o.Validate()).Should().NotThrow();
    }

    [Fact]
    public void A_directory_that_does_not_exist_yet_is_fine()
    {
        using var directory = new TestDirectory();

        new EmbeddedRedisOptions { DataDirectory = directory.Combine("new") }.Invoking(o => o.Validate()).Should().NotThrow();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_blank_directory_is_refused(string value) =>
        Refused(new() { DataDirectory = value }, "DataDirectory is blank: give a directory, or null to keep the data in memory.");

    [Fact]
    public void A_directory_with_a_line_break_is_refused() =>
        Refused(
            new() { DataDirectory = "/data\nport 1" },
            "DataDirectory '/data?port 1' contains a control character, which a server's configuration cannot hold: give a path without it.");

    [Fact]
    public void A_directory_that_is_a_file_is_refused()
    {
        using var directory = new TestDirectory();
        var file = directory.CreateProgram("file");

        Refused(new() { DataDirectory = file }, $"DataDirectory '{file}' is a file: give a directory, which is created when it does not exist.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(601)]
    public void A_timeout_outside_its_range_is_refused(int seconds)
    {
        var timeout = TimeSpan.FromSeconds(seconds);

        Refused(new() { StartTimeout = timeout }, $"StartTimeout is {timeout}: give 1 s to 10 min.");
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        Refused(
            new() { DataDirectory = "", StartTimeout = TimeSpan.Zero },
            "DataDirectory is blank: give a directory, or null to keep the data in memory. StartTimeout is 00:00:00: give 1 s to 10 min.");

    private static void Refused(EmbeddedRedisOptions options, string problems) =>
        options.Invoking(o => o.Validate()).Should().Throw<EmbeddedRedisException>()
            .WithMessage($"JQ5003: EmbeddedRedisOptions cannot be used, so nothing was started. {problems}");
}

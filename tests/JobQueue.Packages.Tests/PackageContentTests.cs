using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using JobQueue.Core.Tests.Docs;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Packages.Tests;

/// <summary>What is in each package. A change is made here on purpose.</summary>
public sealed class PackageContentTests(PackageFeed feed)
{
    public static TheoryData<string> Packages => [.. PackageFeed.Names];

    [Theory]
    [InlineData("JobQueue.AspNetCore", "JobQueue.Core", "Microsoft.AspNetCore.OpenApi")]
    [InlineData(
        "JobQueue.Core",
        "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Options.ConfigurationExtensions",
        "Microsoft.Extensions.Options.DataAnnotations",
        "Polly.Core",
        "StackExchange.Redis")]
    [InlineData("JobQueue.Dashboard", "JobQueue.AspNetCore")]
    [InlineData("JobQueue.Embedded", "JobQueue.Core")]
    public void It_depends_on_nothing_else(string name, params string[] dependencies)
    {
        var found = feed.Describe(name).Descendants("dependency").ToList();

        found.Select(static dependency => (string?)dependency.Attribute("id")).Should().Equal(dependencies);
        foreach (var own in found.Where(static dependency => ((string)dependency.Attribute("id")!).StartsWith("JobQueue.", StringComparison.Ordinal)))
        {
            ((string?)own.Attribute("version")).Should().Be(feed.Version);
            ((string?)own.Attribute("exclude")).Should().BeNull("the generator and the analyzers of JobQueue.Core come with it");
        }
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void It_says_what_it_is(string name)
    {
        var description = feed.Describe(name);
        using var package = feed.Open(name);

        ((string?)description.Element("license")).Should().Be("MIT");
        ((string?)description.Element("description")).Should().NotBeNullOrWhiteSpace();
        ((string?)description.Element("tags")).Should().Contain("background-jobs");
        ((string?)description.Element("repository")?.Attribute("commit")).Should().MatchRegex("^[0-9a-f]{40}$");
        package.GetEntry((string)description.Element("readme")!)!.Length.Should().BePositive();
        package.GetEntry((string)description.Element("icon")!)!.Length.Should().BePositive();
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void It_holds_the_assembly_its_comments_and_nothing_of_the_tests(string name)
    {
        using var package = feed.Open(name);
        string[] expected = [$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"];
        string[] generator = ["analyzers/dotnet/cs/JobQueue.SourceGeneration.dll", "build/JobQueue.Core.props", "buildTransitive/JobQueue.Core.props"];

        package.Entries.Select(static entry => entry.FullName).Where(static entry => entry.Contains('/', StringComparison.Ordinal))
            .Where(static entry => !entry.StartsWith("_rels/", StringComparison.Ordinal) && !entry.StartsWith("package/", StringComparison.Ordinal))
            .Should().BeEquivalentTo(name == "JobQueue.Core" ? [.. expected, .. generator] : expected);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Its_symbols_are_those_of_its_assembly_and_the_build_is_deterministic(string name)
    {
        using var assembly = new PEReader(await ReadAsync(name, "nupkg", $"lib/net10.0/{name}.dll"));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(await ReadAsync(name, "snupkg", $"lib/net10.0/{name}.pdb"));
        var entries = assembly.ReadDebugDirectory();

        entries.Should().Contain(static entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        var codeView = assembly.ReadCodeViewDebugDirectoryData(entries.First(static entry => entry.Type == DebugDirectoryEntryType.CodeView));
        new BlobContentId(symbols.GetMetadataReader().DebugMetadataHeader!.Id).Guid.Should().Be(codeView.Guid);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_code_of_its_readme_compiles(string name)
    {
        var blocks = CodeBlocks.Of(Repository.Read("src", name, "PACKAGE.md"));

        blocks.Should().NotBeEmpty();
        blocks.Should().AllSatisfy(static block => CodeBlocks.Compile(block).Should().BeEmpty($"this block compiles:\n{block}"));
    }

    private async Task<MemoryStream> ReadAsync(string name, string extension, string entry)
    {
        using var package = feed.Open(name, extension);
        await using var stream = await package.GetEntry(entry)!.OpenAsync(TestContext.Current.CancellationToken);
        var memory = new MemoryStream();
        await stream.CopyToAsync(memory, TestContext.Current.CancellationToken);
        memory.Position = 0;
        return memory;
    }
}

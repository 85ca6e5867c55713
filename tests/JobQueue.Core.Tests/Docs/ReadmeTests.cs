using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.SourceGeneration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JobQueue.Core.Tests.Docs;

public sealed partial class ReadmeTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly string Readme = Repository.Read("README.md");

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/idempotency.md")]
    public void Every_code_block_compiles(string page)
    {
        var blocks = CodeBlocks().Matches(Repository.Read(page.Split('/'))).Select(static match => match.Groups["code"].Value).ToList();

        blocks.Should().NotBeEmpty();
        foreach (var block in blocks)
        {
            Compile(block).Should().BeEmpty($"this block of {page} compiles:\n{block}");
        }
    }

    [Fact]
    public void The_host_example_is_short() => CodeBlocks().Match(Readme).Groups["code"].Value.Split('\n').Count(static line => line.Trim().Length > 0).Should().BeLessThanOrEqualTo(22);

    [Fact]
    public void Every_option_has_a_row_in_the_table()
    {
        foreach (var property in typeof(JobQueueOptions).GetProperties())
        {
            (property.Name is "ConnectionMultiplexer" or "ConnectionFactory" || Readme.Contains($"\n| `{property.Name}` |", StringComparison.Ordinal))
                .Should().BeTrue($"the README describes the option {property.Name}");
        }
    }

    private static List<string> Compile(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "ReadmeExample",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(code)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(new JobHandlerGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        return [.. output.GetDiagnostics().Where(static d => d.Severity >= DiagnosticSeverity.Warning).Select(static d => d.ToString())];
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex CodeBlocks();
}

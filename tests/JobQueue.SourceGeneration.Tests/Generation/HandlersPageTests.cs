using System.Text.RegularExpressions;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.SourceGeneration.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace JobQueue.SourceGeneration.Tests.Generation;

/// <summary>The examples of docs/handlers.md compile, with the generator and without a diagnostic.</summary>
public sealed partial class HandlersPageTests
{
    /// <summary>The half of a context that System.Text.Json's generator writes, which does not run here.</summary>
    private const string OtherHalf = """
        internal sealed partial class ShopContext
        {
            private ShopContext() : base(null) { }
            public static ShopContext Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        """;

    private static readonly string Page = Repository.Read("docs", "handlers.md");

    public static TheoryData<string> Examples => [.. CodeBlocks().Matches(Page).Select(static match => match.Groups["code"].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_compiles(string code)
    {
        var isProgram = code.Contains("var services", StringComparison.Ordinal);
        var compilation = Compilations.Of([code, .. code.Contains("ShopContext", StringComparison.Ordinal) ? [OtherHalf] : Array.Empty<string>()]).WithOptions(new CSharpCompilationOptions(
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        GeneratorRun.On(compilation).Complaints.Should().BeEmpty();
        (await compilation.WithAnalyzers([new JobHandlerAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
    }

    [Fact]
    public void Every_value_of_the_attribute_has_a_row()
    {
        foreach (var property in typeof(JobHandlerAttribute).GetProperties().Where(static property => property.CanWrite))
        {
            Page.Should().MatchRegex($"\n\\|[^|]*`{property.Name}`[^|]*\\|");
        }
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CodeBlocks();
}

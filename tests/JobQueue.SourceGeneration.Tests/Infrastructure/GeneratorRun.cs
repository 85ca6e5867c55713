using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace JobQueue.SourceGeneration.Tests.Infrastructure;

/// <summary>Runs the generator on sources.</summary>
internal sealed partial class GeneratorRun
{
    private GeneratorRun(GeneratorDriver driver, Compilation output)
    {
        Driver = driver;
        Output = output;
    }

    public GeneratorDriver Driver { get; }

    /// <summary>The sources with what was generated.</summary>
    public Compilation Output { get; }

    public GeneratorRunResult Result => Driver.GetRunResult().Results.Single();

    /// <summary>The generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Files => Result.GeneratedSources.ToDictionary(static file => file.HintName, static file => file.SourceText.ToString());

    /// <summary>Errors and warnings of everything, and what the generator itself threw. The sources of tests have no docs, generated code has.</summary>
    public IReadOnlyList<string> Complaints =>
    [
        .. Output.GetDiagnostics()
            .Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .Where(static diagnostic => diagnostic.Id != "CS1591" || diagnostic.Location.SourceTree!.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))
            .Select(static diagnostic => diagnostic.ToString()),
        .. Result.Exception is { } exception ? new[] { exception.ToString() } : [],
    ];

    /// <summary>All generated files in one text, with the version left out.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, content) in Files.OrderBy(static file => file.Key, StringComparer.Ordinal))
            {
                text.Append("=== ").Append(name).Append('\n').Append(content).Append('\n');
            }

            return Version().Replace(text.ToString(), "\"VERSION\"");
        }
    }

    public static GeneratorRun On(params string[] sources) => On(Compilations.Of(sources));

    public static GeneratorRun On(Compilation compilation, string? access = null)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new JobHandlerGenerator().AsSourceGenerator()],
            parseOptions: Compilations.Strict,
            optionsProvider: new AccessOption(access),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return Run(driver, compilation);
    }

    /// <summary>Runs again, as an editor does after a change.</summary>
    public GeneratorRun Again(Compilation compilation) => Run(Driver, compilation);

    /// <summary>Why each output of a step is as it is.</summary>
    public IReadOnlyList<IncrementalStepRunReason> Reasons(string step)
        => [.. Result.TrackedSteps[step].SelectMany(static run => run.Outputs).Select(static output => output.Reason)];

    private static GeneratorRun Run(GeneratorDriver driver, Compilation compilation)
        => new(driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out _), output);

    [GeneratedRegex("(?<=\"JobQueue.SourceGeneration\", )\"[0-9.]+\"", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Version();

    /// <summary>The MSBuild property, as the compiler hands it over.</summary>
    private sealed class AccessOption(string? access) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(access);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(string? access) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
            {
                value = key == "build_property.JobQueueHandlersAccess" ? access : null;
                return value is not null;
            }
        }
    }
}

using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace JobQueue.SourceGeneration.Tests.Infrastructure;

/// <summary>
/// A source that marks where the analyzer must complain: <c>{|JQ4001:"a b"|}</c>. Exactly these places, with these ids, no others; and what is
/// generated for the rest of the source compiles.
/// </summary>
internal static partial class DiagnosticCase
{
    public static async Task VerifyAsync(string markup, params string[] parts)
    {
        var (source, expected) = Read(markup);
        var compilation = Compilations.Of(source);
        var found = await compilation
            .WithAnalyzers([new JobHandlerAnalyzer()], new AnalyzerOptions(ImmutableArray<AdditionalText>.Empty))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        found.Select(Show(source)).Order(StringComparer.Ordinal).Should().Equal(expected.Order(StringComparer.Ordinal), string.Join('\n', found));
        var messages = string.Join('\n', found.Select(static diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var part in parts)
        {
            messages.Should().Contain(part);
        }

        var run = GeneratorRun.On(compilation);
        run.Result.Exception.Should().BeNull();
        run.Output.GetDiagnostics()
            .Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Should().BeEmpty("what is generated leaves the refused handlers out");
    }

    private static Func<Diagnostic, string> Show(string source) => diagnostic =>
    {
        var span = diagnostic.Location.SourceSpan;
        return $"{diagnostic.Id} at {span.Start}: {source.Substring(span.Start, span.Length)}";
    };

    private static (string Source, List<string> Expected) Read(string markup)
    {
        var source = new StringBuilder();
        var expected = new List<string>();
        var at = 0;
        foreach (Match mark in Mark().Matches(markup))
        {
            source.Append(markup, at, mark.Index - at);
            var text = mark.Groups["text"].Value;
            expected.AddRange(mark.Groups["ids"].Value.Split(',').Select(id => $"{id} at {source.Length}: {text}"));
            source.Append(text);
            at = mark.Index + mark.Length;
        }

        return (source.Append(markup, at, markup.Length - at).ToString(), expected);
    }

    [GeneratedRegex(@"\{\|(?<ids>JQ[0-9,JQ]+):(?<text>.*?)\|\}", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Mark();
}

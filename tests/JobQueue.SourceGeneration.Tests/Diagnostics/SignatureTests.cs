using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

public sealed class SignatureTests
{
    [Theory]
    [InlineData("ref int {|JQ4007:number|}", "is passed by 'ref'")]
    [InlineData("in int {|JQ4007:number|}", "is passed by 'in'")]
    [InlineData("ref readonly int {|JQ4007:number|}", "is passed by 'ref readonly'")]
    [InlineData("params int[] {|JQ4007:numbers|}", "params")]
    [InlineData("params ReadOnlySpan<int> {|JQ4007:numbers|}", "params")]
    [InlineData("ReadOnlySpan<char> {|JQ4007:text|}", "lives on the stack only")]
    [InlineData("int* {|JQ4007:pointer|}", "is a pointer")]
    [InlineData("delegate*<void> {|JQ4007:pointer|}", "is a pointer")]
    [InlineData("JobContext job, JobContext {|JQ4007:again|}", "is a second JobContext")]
    [InlineData("[Microsoft.Extensions.DependencyInjection.FromKeyedServices] IDisposable {|JQ4007:service|}", "key that is not known")]
    [InlineData("[Microsoft.Extensions.DependencyInjection.FromKeyedServices(new[] { 1 })] IDisposable {|JQ4007:service|}", "key that is not known")]
    public Task A_parameter_that_is_not_allowed(string parameters, string message) => OnParameters(parameters, message);

    [Fact]
    public Task An_out_parameter() => DiagnosticCase.VerifyAsync("""
        public static class Jobs
        {
            [JobHandler("a")]
            public static Task RunAsync(out int {|JQ4007:number|})
            {
                number = 1;
                return Task.CompletedTask;
            }
        }
        """, "is passed by 'out'");

    [Theory]
    [InlineData("")]
    [InlineData("CancellationToken ct, JobContext job")]
    [InlineData("int number, string? text, [FromServices] IDisposable service, JobContext job, CancellationToken ct")]
    [InlineData("[FromServices] Func<int> make")]
    [InlineData("[Microsoft.Extensions.DependencyInjection.FromKeyedServices(null)] IDisposable service")]
    public Task Parameters_that_are_allowed(string parameters) => OnParameters(parameters);

    [Theory]
    [InlineData("{|JQ4009:Task<Task>|}", "awaited once more")]
    [InlineData("{|JQ4009:Task<ValueTask<int>>|}", "awaited once more")]
    [InlineData("{|JQ4009:IAsyncEnumerable<int>|}", "nobody would enumerate")]
    [InlineData("{|JQ4009:Task<IAsyncEnumerable<int>>|}", "nobody would enumerate")]
    [InlineData("{|JQ4009:Action|}", "delegate")]
    [InlineData("{|JQ4009:Task<Func<int>>|}", "delegate")]
    [InlineData("unsafe {|JQ4009:int*|}", "pointer")]
    [InlineData("{|JQ4009:ReadOnlySpan<char>|}", "stack only")]
    [InlineData("{|JQ4009:System.Runtime.CompilerServices.ConfiguredTaskAwaitable|}", "no task that is known")]
    public Task A_return_type_that_is_not_allowed(string type, string message) => DiagnosticCase.VerifyAsync($$"""
        public static class Jobs
        {
            [JobHandler("a")]
            public static {{type}} Run() => throw new NotSupportedException();
        }
        """, message);

    [Fact]
    public Task A_return_by_reference() => DiagnosticCase.VerifyAsync("""
        public static class Jobs
        {
            private static int _number;

            [JobHandler("a")]
            public static {|JQ4009:ref int|} Run() => ref _number;
        }
        """, "by reference");

    [Theory]
    [InlineData("void")]
    [InlineData("int")]
    [InlineData("string?")]
    [InlineData("IReadOnlyList<int>")]
    [InlineData("Task")]
    [InlineData("ValueTask")]
    [InlineData("Task<int?>")]
    [InlineData("ValueTask<Dictionary<string, object>>")]
    public Task A_return_type_that_is_allowed(string type) => DiagnosticCase.VerifyAsync($$"""
        public static class Jobs
        {
            [JobHandler("a")]
            public static {{type}} Run() => throw new NotSupportedException();
        }
        """);

    [Fact]
    public Task Async_void() => DiagnosticCase.VerifyAsync("""
        public static class Jobs
        {
            [JobHandler("a")]
            public static async {|JQ4010:void|} Run() => await Task.Yield();
        }
        """);

    [Fact]
    public Task A_generic_method() => DiagnosticCase.VerifyAsync("""
        public static class Jobs
        {
            [JobHandler("a")]
            public static Task {|JQ4008:RunAsync|}<T>() => Task.CompletedTask;
        }
        """);

    private static Task OnParameters(string parameters, params string[] message) => DiagnosticCase.VerifyAsync($$"""
        public static unsafe class Jobs
        {
            [JobHandler("a")]
            public static Task RunAsync({{parameters}}) => Task.CompletedTask;
        }
        """, message);
}

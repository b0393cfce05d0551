import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** veraPDF on every file that is named, as PDF/A-2a and as PDF/UA-1, in a folder `print` as PDF/A-2b; see validate.sh. */
public class Validate {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour[] letter = {PDFAFlavour.PDFA_2_A, PDFAFlavour.PDFUA_1};
        PDFAFlavour[] print = {PDFAFlavour.PDFA_2_B};
        long checks = 0;
        int refused = 0;
        for (String file : files) {
            File folder = new File(file).getAbsoluteFile().getParentFile();
            for (PDFAFlavour standard : folder.getName().equals("print") ? print : letter) {
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), standard);
                     PDFAValidator validator = Foundries.defaultInstance().createValidator(standard, false)) {
                    ValidationResult result = validator.validate(parser);
                    checks += result.getTotalAssertions();
                    if (result.isCompliant()) continue;
                    refused++;
                    // One line for each rule.
                    Map<String, String> broken = new LinkedHashMap<>();
                    for (TestAssertion assertion : result.getTestAssertions()) {
                        String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                        broken.putIfAbsent(rule, assertion.getMessage() + " at " + assertion.getLocation().getContext());
                    }
                    broken.forEach((rule, message) -> System.out.println(file + ": " + standard + " " + rule + ": " + message));
                }
            }
        }
        System.out.println(files.length + " files, " + checks + " checks, " + refused + " not compliant");
        // No file and no check prove nothing.
        System.exit(files.length == 0 || checks == 0 || refused > 0 ? 1 : 0);
    }
}
